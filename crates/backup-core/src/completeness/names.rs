//! Rules for the names of files: numbers that are missing, and files that end where a tool cuts
//! them.

use std::collections::{BTreeMap, BTreeSet};

use super::tables::SurveyedTable;
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::part_names::{Numbered, folders};
use crate::profile::Profiles;
use crate::table_names::stem;

/// Numbers of records at which tools cut a file: Excel's sheets with a header, parts of Zoho,
/// HubSpot's files, older tools, views of reports.
const LIMITS: [u64; 8] = [65_535, 65_536, 1_048_575, 1_000_000, 100_000, 50_000, 10_000, 2_000];
/// The most missing numbers that a finding lists.
const LISTED: usize = 10;
/// If more numbers are missing than this for each that is there, the names do not count.
const MOST_MISSING: u64 = 4;

/// Files whose names count.
#[derive(Debug, Default)]
struct Series {
    numbers: BTreeSet<u64>,
    /// A path of the series.
    path: String,
    /// The first number, if the profile states it.
    first: Option<u64>,
    /// Whether numbers may be missing.
    has_holes: bool,
}

/// What tells files of one series from others: their folders, their names without the number, and
/// their endings.
type Id = (Vec<String>, String, String);

/// All series of an export.
#[derive(Debug, Default)]
pub(super) struct Names {
    series: BTreeMap<Id, Series>,
}

impl Names {
    /// `paths` are those of ZIP files and of sources; attachments count in their own way.
    pub(super) fn new<'a>(paths: impl IntoIterator<Item = &'a str>, profiles: &Profiles) -> Self {
        let mut names = Self::default();
        for path in paths {
            let Some((id, number, first, gapless)) = identify(path, profiles) else { continue };
            let series = names.series.entry(id).or_default();
            series.numbers.insert(number);
            (series.first, series.has_holes) = (first, !gapless);
            if series.path.is_empty() {
                path.clone_into(&mut series.path);
            }
        }
        names
    }

    /// The series with missing numbers, as findings.
    pub(super) fn missing(&self) -> Vec<Finding> {
        let series = self.series.values().filter(|series| !series.has_holes);
        series.filter_map(Series::finding).collect()
    }

    /// A finding for each table that has exactly as many records as a file can have, if there is no
    /// next file.
    pub(super) fn cut(&self, tables: &[SurveyedTable], profiles: &Profiles) -> Vec<Finding> {
        let of_table = |table: &&SurveyedTable| {
            let path = table.source.as_deref().unwrap_or(&table.name);
            let profile = table.profile.as_deref();
            let stated = profile.map_or(&[][..], |profile| &profile.limits.rows);
            let own = profile.into_iter().flat_map(|profile| &profile.parts);
            let own = own.filter(|parts| parts.pattern.matches(path)).filter_map(|it| it.rows);
            let mut limits = LIMITS.iter().copied().chain(stated.iter().copied()).chain(own);
            limits.any(|limit| limit == table.records) && !self.has_next(path, profiles)
        };
        let cut = tables.iter().filter(|table| !table.is_ignored()).filter(of_table);
        let finding = |table: &SurveyedTable| {
            let message = message!("table-at-limit", count = table.records);
            let finding = Finding::remark(Code::Limit, message).table(&table.name).gap();
            Finding { path: table.source.clone(), ..finding }
        };
        cut.map(finding).collect()
    }

    fn has_next(&self, path: &str, profiles: &Profiles) -> bool {
        identify(path, profiles).is_some_and(|(id, number, ..)| {
            let next = number.saturating_add(1);
            self.series.get(&id).is_some_and(|series| series.numbers.contains(&next))
        })
    }
}

/// The series of a path, its number, the first number if a profile states it, and whether no
/// number may be missing.
fn identify(path: &str, profiles: &Profiles) -> Option<(Id, u64, Option<u64>, bool)> {
    if let Some(profile) = profiles.of(Some(path)) {
        let parts = profile.parts.iter().map(|it| (&it.pattern, it.first, it.gapless));
        let volumes = profile.volumes.iter().map(|it| (&it.pattern, it.first, it.gapless));
        for (pattern, first, gapless) in parts.chain(volumes) {
            let Some(captures) = pattern.captures(path) else { continue };
            let of = ["table", "id"].map(|name| captures.get(name).unwrap_or_default());
            let id = (folders(path), of.join("/"), pattern.as_str().to_owned());
            return Some((id, captures.number()?, Some(first), gapless));
        }
    }
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    let name = stem(path);
    let numbered = Numbered::of(name.strip_suffix(')').unwrap_or(name))?;
    let digits = if numbered.is_part() { numbered.digits } else { 0 };
    let id = (folders(path), numbered.stem.to_owned(), format!("{ending} {digits}"));
    Some((id, numbered.number, None, true))
}

impl Series {
    fn finding(&self) -> Option<Finding> {
        let (least, most) = (*self.numbers.first()?, *self.numbers.last()?);
        // Without a profile, a single number does not count, and a series may begin anywhere.
        let begins = if self.numbers.len() > 1 && least == 2 { 1 } else { least };
        let first = self.first.unwrap_or(begins).min(least);
        // One is subtracted first, as the number may be the largest that there is.
        let missing = (most - first) - (self.numbers.len() as u64 - 1);
        let is_sure = self.first.is_some() || missing <= MOST_MISSING * self.numbers.len() as u64;
        if missing == 0 || !is_sure {
            return None;
        }
        let numbers = (first..=most).filter(|number| !self.numbers.contains(number));
        let mut listed: Vec<_> = numbers.take(LISTED).map(|it| self.name_of(it)).collect();
        if missing > LISTED as u64 {
            listed.push("…".to_owned());
        }
        let (names, first) = (listed.join(", "), self.path.as_str());
        let message = message!("numbers-missing", count = missing, names = names, first = first);
        Some(Finding::remark(Code::MissingPart, message).path(listed.swap_remove(0)).gap())
    }

    /// The name of the file with this number.
    fn name_of(&self, number: u64) -> String {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        let (own, ending) = name.split_at(name.rfind('.').unwrap_or(name.len()));
        let (own, bracket) = own.strip_suffix(')').map_or((own, ""), |own| (own, ")"));
        let digits = own.bytes().rev().take_while(u8::is_ascii_digit).count();
        let is_last = digits > 0;
        let width =
            if own[own.len() - digits..].starts_with('0') || digits > 2 { digits } else { 0 };
        match is_last {
            true => format!("{}{number:0width$}{bracket}{ending}", &own[..own.len() - digits]),
            false => format!("{name} ({number})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::ProfileChoice;

    fn missing(paths: &[&str], choice: ProfileChoice) -> Vec<String> {
        let owned: Vec<_> = paths.iter().map(|path| (*path).to_owned()).collect();
        let profiles = Profiles::new(choice, &owned, &[]);
        let findings = Names::new(paths.iter().copied(), &profiles).missing();
        findings.into_iter().map(|finding| finding.path.unwrap_or_default()).collect()
    }

    #[test]
    fn numbers_that_are_missing_are_named() {
        let missing = |paths: &[&str]| missing(paths, ProfileChoice::None);
        assert_eq!(missing(&["Contacts_001.csv", "Contacts_003.csv"]), ["Contacts_002.csv"]);
        assert_eq!(missing(&["a/part (1).csv", "a/part (3).csv"]), ["part (2).csv"]);
        assert_eq!(missing(&["x_2.csv", "x_3.csv"]), ["x_1.csv"]);
        let whole = ["x_001.csv", "x_002.csv", "y/x_004.csv", "z_007.csv", "t_2024.csv"];
        assert!(missing(&whole).is_empty());
        assert!(missing(&["IMG_0001.csv", "IMG_9000.csv"]).is_empty(), "they do not count");
    }

    #[test]
    fn a_profile_states_the_first_number() {
        let paths = ["Data_002.zip", "Data_002.zip/Data/Contacts_002.csv"];
        assert_eq!(missing(&paths, ProfileChoice::Detect), ["Data_001.zip", "Contacts_001.csv"]);
        let largest = format!("Data_{}.zip", u64::MAX);
        let paths = [&*largest, "Data_1.zip/Data/Contacts_001.csv"];
        let missing = missing(&paths, ProfileChoice::Detect);
        assert!(missing.iter().any(|path| path == "Data_00000000000000000001.zip"), "{missing:?}");
    }
}
