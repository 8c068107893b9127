//! Names that count: `Contacts_001` and `Contacts_002` are parts of one table.

/// A name that ends with a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Numbered<'a> {
    /// The name without the number and the character before it.
    pub(crate) stem: &'a str,
    pub(crate) number: u64,
    /// The number of its digits, with leading zeros.
    pub(crate) digits: usize,
}

/// The fewest digits of a number that makes files with equal headers parts of one table. Shorter
/// numbers may count stores or years as well.
const DIGITS: usize = 3;
/// The most digits: longer numbers are ids or times.
const MOST_DIGITS: usize = 6;

impl<'a> Numbered<'a> {
    /// Splits a name without an ending. `None` if it does not count, as dates do not.
    pub(crate) fn of(name: &'a str) -> Option<Self> {
        let digits = name.bytes().rev().take_while(u8::is_ascii_digit).count();
        let (start, number) = name.split_at(name.len() - digits);
        let stem = start.strip_suffix(['_', '-', ' ', '('])?;
        let is_date = stem.ends_with(|last: char| last.is_ascii_digit());
        let is_year = digits == 4 && (number.starts_with("19") || number.starts_with("20"));
        let counts = (1..=MOST_DIGITS).contains(&digits) && !is_date && !is_year;
        (counts && !stem.is_empty()).then(|| Self {
            stem,
            number: number.parse().unwrap_or_default(),
            digits,
        })
    }

    /// Whether files of this form are parts of one table if their headers are equal.
    pub(crate) fn is_part(&self) -> bool {
        (DIGITS..=MOST_DIGITS).contains(&self.digits)
    }
}

/// The folders of a source, from the outermost. The number of a ZIP file is left out, as parts of
/// one export lie in several: `Data_001.zip/Data/Contacts_001.csv` is in `Data.zip` and `Data`.
pub(crate) fn folders(source: &str) -> Vec<String> {
    let mut folders: Vec<_> = source.split('/').collect();
    folders.pop();
    folders.into_iter().map(folder).collect()
}

/// The name of a folder, or of a ZIP file without its number.
pub(crate) fn folder(name: &str) -> String {
    let Some((stem, ending)) = name.rsplit_once('.') else { return name.to_owned() };
    match Numbered::of(stem) {
        Some(numbered) if ending.eq_ignore_ascii_case("zip") => {
            format!("{}.{ending}", numbered.stem)
        }
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_count_are_split_and_dates_are_not() {
        let of = |name| Numbered::of(name).map(|it| (it.stem, it.number, it.is_part()));
        assert_eq!(of("Contacts_001"), Some(("Contacts", 1, true)));
        assert_eq!(of("Contacts_2"), Some(("Contacts", 2, false)));
        assert_eq!(of("A X B-0012"), Some(("A X B", 12, true)));
        for name in
            ["Contacts", "Contacts_2026_03_17", "sales_2024", "_001", "20261101", "a_1234567"]
        {
            assert_eq!(of(name), None, "{name}");
        }
    }

    #[test]
    fn numbered_zip_files_are_one_folder() {
        assert_eq!(folders("Data_001.zip/Data/Contacts_001.csv"), ["Data.zip", "Data"]);
        assert_eq!(folders("old/deals.csv"), ["old"]);
        assert!(folders("deals.csv").is_empty());
        assert_eq!(folders("store_001/deals.csv"), ["store_001"]);
    }
}
