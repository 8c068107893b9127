//! Rules for the names of files: numbers that are missing, and files that end where a tool cuts
//! them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::tables::SurveyedTable;
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::model::{Reconciled, TotalReport};
use crate::part_names::Numbered;
use crate::profile::{Profile, Profiles};
use crate::report::CheckResults;
use crate::table_names::{is_database, stem};

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
    /// The number of digits to which zeros fill numbers up; 0 if they do not.
    width: usize,
}

/// A path whose name counts.
struct Counted<'a> {
    path: &'a str,
    number: u64,
    digits: usize,
    has_zeros: bool,
    /// The first number, and whether no number may be missing, if the profile states it.
    stated: Option<(u64, bool)>,
}

/// What tells files of one series from others: their folders, their names without the number, and
/// their endings or the pattern of the profile.
type Id = (Vec<String>, String, String);

/// All series of an export.
#[derive(Debug, Default)]
pub(super) struct Names {
    series: Vec<Series>,
    /// The series of each path that counts, and its number there.
    places: HashMap<String, (usize, u64)>,
}

impl Names {
    /// `paths` are those of ZIP files and of sources; attachments count in their own way.
    pub(super) fn new<'a>(paths: impl IntoIterator<Item = &'a str>, profiles: &Profiles) -> Self {
        let mut by_id: BTreeMap<Id, Vec<Counted<'_>>> = BTreeMap::new();
        for path in paths {
            if let Some((id, counted)) = identify(path, profiles) {
                by_id.entry(id).or_default().push(counted);
            }
        }
        let mut names = Self::default();
        for same in by_id.into_values() {
            let widths: BTreeSet<_> =
                same.iter().filter(|it| it.has_zeros).map(|it| it.digits).collect();
            // 100 follows 99, and 099 as well; but 1 and 001 are of two series.
            let width = |it: &Counted<'_>| match it.stated {
                Some(_) => widths.last(),
                None => widths.range(..=it.digits).next_back(),
            };
            let mut by_width: BTreeMap<usize, Vec<Counted<'_>>> = BTreeMap::new();
            for counted in same {
                let width = width(&counted).copied().unwrap_or_default();
                by_width.entry(width).or_default().push(counted);
            }
            by_width.into_iter().for_each(|(width, series)| names.add(width, &series));
        }
        names
    }

    fn add(&mut self, width: usize, counted: &[Counted<'_>]) {
        let Some(one) = counted.first() else { return };
        let are_wide = one.digits > 2 && counted.iter().all(|it| it.digits == one.digits);
        let (first, is_gapless) = one.stated.unzip();
        let at = self.series.len();
        self.places.extend(counted.iter().map(|it| (it.path.to_owned(), (at, it.number))));
        self.series.push(Series {
            numbers: counted.iter().map(|it| it.number).collect(),
            path: one.path.to_owned(),
            first,
            has_holes: is_gapless == Some(false),
            width: if width == 0 && are_wide { one.digits } else { width },
        });
    }

    /// The series with missing numbers, as findings.
    pub(super) fn missing(&self) -> Vec<Finding> {
        let series = self.series.iter().filter(|series| !series.has_holes);
        series.filter_map(Series::finding).collect()
    }

    /// A finding for each table that ends where files are cut although there is no next file, and
    /// for each part with fewer records than another one although it is not the last. A total of
    /// the CRM that the table has decides otherwise.
    pub(super) fn cut(&self, tables: &[SurveyedTable], results: &CheckResults) -> Vec<Finding> {
        let is_right = |total: &&TotalReport| total.rows.as_ref().is_some_and(Reconciled::agrees);
        let right = results.totals.iter().filter(is_right);
        let mut right: BTreeSet<&str> = right.filter_map(|it| it.archived.as_deref()).collect();
        for whole in &results.joined {
            if right.contains(&*whole.name) {
                right.extend(whole.parts.iter().map(String::as_str));
            }
        }
        let files = tables.iter().filter(|table| {
            let is_database = table.source.as_deref().is_some_and(is_database);
            !is_database && !table.is_ignored() && !right.contains(&*table.name)
        });
        // A CRM may divide tables at fewer records than it does by default.
        let mut fullest: HashMap<usize, u64> = HashMap::new();
        for table in tables.iter().filter(|table| !table.is_ignored()) {
            if let Some((series, _)) = table.source.as_ref().and_then(|it| self.places.get(it)) {
                let most = fullest.entry(*series).or_default();
                *most = table.of_crm().max(*most);
            }
        }
        files.filter_map(|table| self.cut_table(table, &fullest)).collect()
    }

    fn cut_table(&self, table: &SurveyedTable, fullest: &HashMap<usize, u64>) -> Option<Finding> {
        let path = table.source.as_deref().unwrap_or(&table.name);
        let profile = table.profile.as_deref();
        let mut parts = profile.into_iter().flat_map(|profile| &profile.parts);
        let part_rows = parts.find(|parts| parts.pattern.matches(path)).and_then(|it| it.rows);
        let stated: Vec<_> = profile.into_iter().flat_map(|it| &it.limits.rows).copied().collect();
        let limits: Vec<_> = stated.into_iter().chain(part_rows).collect();
        let limits = if limits.is_empty() { &LIMITS[..] } else { &limits };
        let of_crm = table.of_crm();
        let most = self.places.get(path).and_then(|(series, _)| fullest.get(series));
        let message = match part_rows.zip(most) {
            Some((limit, most)) if of_crm < limit.min(*most) && self.has_later(path) => {
                message!("part-not-full", part = path, count = of_crm, limit = limit.min(*most))
            }
            _ => {
                let is_at = |limit: &u64| [table.records, of_crm].contains(limit);
                if !limits.iter().any(is_at) || self.has_later(path) {
                    return None;
                }
                message!("table-at-limit", count = table.records)
            }
        };
        let finding = Finding::remark(Code::Limit, message).table(&table.name).gap();
        Some(Finding { path: table.source.clone(), ..finding })
    }

    /// Whether any file of the series follows. If it is not the next one, that is missing.
    fn has_later(&self, path: &str) -> bool {
        self.places
            .get(path)
            .is_some_and(|(series, number)| self.series[*series].numbers.last() > Some(number))
    }
}

/// Whether a file is named like a log or a journal of SQLite.
pub(super) fn is_log(name: &str) -> bool {
    name.ends_with("-wal") || name.ends_with("-journal")
}

/// The series of a path, and its number there.
fn identify<'a>(path: &'a str, profiles: &Profiles) -> Option<(Id, Counted<'a>)> {
    let has_zeros = |digits: &str| digits.len() > 1 && digits.starts_with('0');
    if let Some(profile) = profiles.of(Some(path)) {
        let parts = profile.parts.iter().map(|it| (&it.pattern, it.first, it.gapless));
        let volumes = profile.volumes.iter().map(|it| (&it.pattern, it.first, it.gapless));
        for (pattern, first, gapless) in parts.chain(volumes) {
            let Some(captures) = pattern.captures(path) else { continue };
            let of = ["table", "id"].map(|name| captures.get(name).unwrap_or_default());
            let id =
                (Profile::folders(Some(profile), path), of.join("/"), pattern.as_str().to_owned());
            let (number, digits) = (captures.number()?, captures.get("number")?);
            let stated = Some((first, gapless));
            let (digits, has_zeros) = (digits.len(), has_zeros(digits));
            return Some((id, Counted { path, number, digits, has_zeros, stated }));
        }
    }
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    let name = stem(path);
    let name = name.strip_suffix(')').unwrap_or(name);
    let Numbered { stem, number, digits } = Numbered::of(name)?;
    let has_zeros = has_zeros(&name[name.len() - digits..]);
    let profile = profiles.of(Some(path)).map(|profile| &**profile);
    let id = (Profile::folders(profile, path), stem.to_owned(), ending.to_owned());
    Some((id, Counted { path, number, digits, has_zeros, stated: None }))
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
        let width = self.width;
        match digits > 0 {
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
    fn numbers_without_zeros_before_them_count_whatever_their_width() {
        let names = |numbers: &[u64], width: usize| -> Vec<String> {
            numbers.iter().map(|number| format!("deals_{number:0width$}.csv")).collect()
        };
        let missing = |names: &[String]| {
            let paths: Vec<_> = names.iter().map(String::as_str).collect();
            missing(&paths, ProfileChoice::None)
        };
        let without_99: Vec<u64> = (1..=101).filter(|number| *number != 99).collect();
        assert_eq!(missing(&names(&without_99, 0)), ["deals_99.csv"]);
        assert_eq!(missing(&names(&without_99, 3)), ["deals_099.csv"]);
        assert_eq!(missing(&names(&[998, 1_000], 3)), ["deals_999.csv"]);
        let two_series = [names(&[1, 2], 0), names(&[1, 2], 3)].concat();
        assert!(missing(&two_series).is_empty());
        assert_eq!(missing(&[names(&[1, 3], 0), two_series].concat()), Vec::<String>::new());
    }

    #[test]
    fn the_parts_of_an_unpacked_backup_are_one_series() {
        let fields = "Data_001/Metadata/Fields_001.csv";
        let paths = [
            fields,
            "Data_001/Data/Contacts_001.csv",
            "Data_002/Data/Contacts_002.csv",
            "Attachments_001/Attachments/1_a.csv",
        ];
        assert!(missing(&paths, ProfileChoice::Detect).is_empty());
        let paths = [paths[0], paths[1], "Data_003/Data/Contacts_003.csv"];
        assert_eq!(missing(&paths, ProfileChoice::Detect), ["Contacts_002.csv"]);
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
