//! Which profile is used for which files of an export.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Chosen, Evidence, Profile, ProfileChoice, recognise};

/// If an export has more folders than this, they are not recognised separately.
const MOST_FOLDERS: usize = 64;

/// The profiles of an export. It may hold the exports of several CRMs, in a folder each.
#[derive(Debug, Default)]
pub(crate) struct Profiles {
    choice: ProfileChoice,
    /// The length of the path of the folder that contains everything, with the last `/`.
    root: usize,
    /// The profile of everything that no folder has another one for.
    main: Option<Assigned>,
    /// The profiles of folders directly below the root, as far as they were recognised.
    folders: BTreeMap<String, Assigned>,
}

/// A profile, and what shows that it is the right one.
#[derive(Debug, Clone)]
pub(crate) struct Assigned {
    pub(crate) profile: Chosen,
    pub(crate) by: Vec<Evidence>,
    /// Other profiles that something here fits, by their titles, with the first that does.
    pub(crate) others: Vec<(String, String)>,
}

/// A table that helps to recognise a profile.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TableHeader<'a> {
    pub(crate) source: Option<&'a str>,
    pub(crate) table: &'a str,
    pub(crate) labels: &'a [String],
}

impl Profiles {
    /// Chooses profiles by the paths of sources, attachments and ZIP files, and by tables.
    pub(crate) fn new(
        choice: ProfileChoice,
        paths: &[String],
        headers: &[TableHeader<'_>],
    ) -> Self {
        let mut profiles = Self { root: root(paths), choice, ..Self::default() };
        let all = || paths.iter().map(String::as_str);
        profiles.main = profiles.recognise(all(), headers.iter().copied());
        if !matches!(profiles.choice, ProfileChoice::Detect) {
            return profiles;
        }
        let folders: BTreeSet<_> = all().filter_map(|path| profiles.folder(path)).collect();
        if folders.len() > MOST_FOLDERS {
            return profiles;
        }
        let mut found = BTreeMap::new();
        for folder in folders {
            let is_in = |path: &str| profiles.folder(path) == Some(folder);
            let headers = headers.iter().filter(|header| header.source.is_some_and(is_in));
            let paths = all().filter(|path| is_in(path));
            let assigned = profiles.recognise(paths, headers.copied());
            found.extend(assigned.map(|assigned| (folder.to_owned(), assigned)));
        }
        // What lies beside these folders may be of another CRM than most files.
        let is_beside =
            |path: &str| profiles.folder(path).is_none_or(|folder| !found.contains_key(folder));
        let beside = headers.iter().filter(|header| header.source.is_none_or(is_beside));
        let beside = profiles.recognise(all().filter(|path| is_beside(path)), beside.copied());
        profiles.main = match (profiles.main.take(), beside) {
            (Some(main), Some(beside)) if main.profile.name() == beside.profile.name() => {
                Some(Assigned { others: beside.others, ..main })
            }
            (_, Some(beside)) => Some(beside),
            (main, None) => main.map(|main| Assigned { others: Vec::new(), ..main }),
        };
        profiles.folders = found;
        profiles
    }

    /// Sees the labels of a table, whose folder may have no profile yet. All paths were seen before.
    pub(crate) fn see(&mut self, header: TableHeader<'_>) {
        let folder = header.source.and_then(|source| self.folder(source));
        let is_known = match folder {
            Some(folder) => self.folders.contains_key(folder),
            None => self.main.is_some(),
        };
        if is_known || !matches!(self.choice, ProfileChoice::Detect) {
            return;
        }
        let found = self.recognise(std::iter::empty(), std::iter::once(header));
        let Some(found) = found else { return };
        self.main.get_or_insert_with(|| found.clone());
        if let Some(folder) = folder.filter(|_| self.folders.len() < MOST_FOLDERS) {
            self.folders.insert(folder.to_owned(), found);
        }
    }

    /// The profile for a file, or for a table from this source.
    pub(crate) fn of(&self, path: Option<&str>) -> Option<&Chosen> {
        let folder = path.and_then(|path| self.folders.get(self.folder(path)?));
        folder.or(self.main.as_ref()).map(|assigned| &assigned.profile)
    }

    /// The profile of everything that no folder has another one for.
    pub(crate) fn main(&self) -> Option<&Assigned> {
        self.main.as_ref()
    }

    /// The folders with other profiles than [`main`](Self::main).
    pub(crate) fn others(&self) -> impl Iterator<Item = (&str, &Assigned)> {
        let main = self.main.as_ref().map_or("", |main| main.profile.name());
        let folders = self.folders.iter().map(|(folder, assigned)| (folder.as_str(), assigned));
        folders.filter(move |(_, assigned)| assigned.profile.name() != main)
    }

    /// All profiles, of everything and of folders.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Assigned> {
        self.main.iter().chain(self.others().map(|(_, assigned)| assigned))
    }

    /// Whether the user gave the profile, and whether the user wanted none.
    pub(crate) fn choice(&self) -> &ProfileChoice {
        &self.choice
    }

    fn recognise<'a, 'b>(
        &self,
        paths: impl Iterator<Item = &'a str>,
        headers: impl Iterator<Item = TableHeader<'b>>,
    ) -> Option<Assigned> {
        let headers = headers.map(|header| (header.table, header.labels));
        match &self.choice {
            ProfileChoice::None => None,
            ProfileChoice::Given(profile) => {
                let found = recognise(std::slice::from_ref(&**profile), paths, headers);
                let by = found.map(|found| found.by).unwrap_or_default();
                let profile = Chosen::Given(Arc::clone(profile));
                Some(Assigned { profile, by, others: Vec::new() })
            }
            ProfileChoice::Detect => {
                let found = recognise(Profile::built_in(), paths, headers)?;
                let others = found.others.into_iter();
                let others = others.map(|(profile, first)| (profile.title.clone(), first));
                let (profile, by) = (Chosen::BuiltIn(found.profile), found.by);
                Some(Assigned { profile, by, others: others.collect() })
            }
        }
    }

    /// The folder directly below the root that contains a path. The members of a ZIP file at the
    /// root are in none, as parts of one export lie in several ZIP files.
    fn folder<'a>(&self, path: &'a str) -> Option<&'a str> {
        let (folder, _) = path.get(self.root..)?.split_once('/')?;
        let is_zip = folder.rsplit_once('.').is_some_and(|(_, it)| it.eq_ignore_ascii_case("zip"));
        (!is_zip).then_some(folder)
    }
}

/// The length of the longest folder that contains all paths.
fn root(paths: &[String]) -> usize {
    let Some((first, rest)) = paths.split_first() else { return 0 };
    let mut root = first.rfind('/').map_or(0, |at| at + 1);
    for path in rest {
        while !path.starts_with(&first[..root]) {
            root = first[..root - 1].rfind('/').map_or(0, |at| at + 1);
        }
    }
    root
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_folder_has_the_profile_of_its_own_crm() {
        let paths = [
            "all/zoho/Data_001.zip",
            "all/zoho/Data_001.zip/Data/Contacts_001.csv",
            "all/zoho/Data_001.zip/Data/Deals_001.csv",
            "all/odoo/filestore/ab/abcdef0123456789abcdef0123456789abcdef01",
            "all/list.csv",
        ]
        .map(str::to_owned);
        let profiles = Profiles::new(ProfileChoice::Detect, &paths, &[]);
        let name = |path: &str| profiles.of(Some(path)).map(|profile| profile.name().to_owned());
        assert_eq!(name(&paths[2]).as_deref(), Some("zoho"));
        assert_eq!(name(&paths[3]).as_deref(), Some("odoo"));
        assert_eq!(name(&paths[4]).as_deref(), Some("zoho"), "that of most files");
        assert_eq!(profiles.others().map(|(folder, _)| folder).collect::<Vec<_>>(), ["odoo"]);
        let none = Profiles::new(ProfileChoice::None, &paths, &[]);
        assert!(none.of(Some(&paths[0])).is_none());
    }

    #[test]
    fn what_lies_beside_folders_of_other_crms_has_its_own_profile() {
        let paths = [
            "zoho/Data_001.zip",
            "zoho/Data_001.zip/Data/Contacts_001.csv",
            "zoho/Data_001.zip/Data/Deals_001.csv",
            "filestore/ab/abcdef0123456789abcdef0123456789abcdef01",
            "ContentVersion/068000000000001AAA",
            "WE_00D000000000001_1.ZIP",
        ]
        .map(str::to_owned);
        let profiles = Profiles::new(ProfileChoice::Detect, &paths, &[]);
        let name = |path: &str| profiles.of(Some(path)).map(|profile| profile.name().to_owned());
        assert_eq!(name(&paths[1]).as_deref(), Some("zoho"));
        assert_eq!(name("ir_attachment.csv"), name("WE_00D000000000001_1.ZIP"));
    }

    #[test]
    fn zip_files_beside_each_other_are_one_export() {
        let paths = ["Data_001.zip/Data/Contacts_001.csv", "Attachments_001.zip/x.pdf"];
        let paths = paths.map(str::to_owned);
        let profiles = Profiles::new(ProfileChoice::Detect, &paths, &[]);
        assert_eq!(profiles.of(Some(&paths[1])).map(|it| it.name()), Some("zoho"));
        assert_eq!(profiles.others().count(), 0);
    }
}
