//! Groups ledger entries for display: entries with the same text become one row.

use crate::i18n::{Language, fl};
use crate::model::LedgerEntry;

/// Entries of a ledger with the same text.
pub(super) struct MergedEntries {
    /// The first entry, with the counts of all of them.
    pub(super) entry: LedgerEntry,
    /// The tables or sources that the entries are about.
    places: Vec<String>,
}

/// Merges the entries that have the same text.
pub(super) fn merge_equal_texts(ledger: &[LedgerEntry]) -> Vec<MergedEntries> {
    let mut index = std::collections::HashMap::new();
    let mut groups: Vec<MergedEntries> = Vec::new();
    for entry in ledger {
        let place = entry.table.clone().or_else(|| entry.source.clone());
        let at = *index.entry((&entry.code, &entry.message)).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(same) => {
                same.entry.count = same.entry.count.saturating_add(entry.count);
                same.places.extend(place);
            }
            None => {
                let places = place.into_iter().collect();
                groups.push(MergedEntries { entry: entry.clone(), places });
            }
        }
    }
    groups
}

impl MergedEntries {
    /// The text of the entries. It is translated if their code is known; otherwise it is the text
    /// in the archive.
    pub(super) fn text(&self, language: Language) -> String {
        let known = (language != Language::English).then(|| self.entry.code.text(language));
        known.flatten().unwrap_or_else(|| self.entry.message.clone())
    }

    /// The tables or sources of the entries, except those that the English text contains.
    pub(super) fn place(&self, language: Language) -> String {
        // Only the texts of these codes contain the name. Other texts may contain the same word
        // with another meaning.
        let names = language == Language::English && self.entry.code.names_its_place();
        let is_named = |name: &&String| names && self.entry.message.contains(*name);
        let places: Vec<&str> =
            self.places.iter().filter(|name| !is_named(name)).map(String::as_str).collect();
        match places.as_slice() {
            [first, .., last] if places.len() > 4 => {
                let (first, last, all) = (first.to_owned(), last.to_owned(), places.len());
                fl!(language, "ledger-places", first = first, last = last, all = all)
            }
            several => several.join(&fl!(language, "comma-of-names")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_shown_unless_its_message_names_it() {
        let hidden = LedgerEntry::new("hidden-sheet", "this sheet is hidden").table("hidden");
        assert_eq!(
            merge_equal_texts(&[hidden])[0].place(Language::English),
            "hidden",
            "it has no name"
        );
        let message = "another table is called a; this one is called a (2)";
        let renamed = LedgerEntry::new("renamed-table", message).table("a (2)");
        assert_eq!(
            merge_equal_texts(&[renamed])[0].place(Language::English),
            "",
            "it is named twice"
        );
    }

    #[test]
    fn entries_with_the_same_text_are_merged() {
        let entry = |table: &str| LedgerEntry::new("merged-cells", "merged").table(table).count(2);
        let ledger = [entry("a"), entry("b"), LedgerEntry::new("own", "of an embedder")];
        let said = |language| {
            let line =
                |one: MergedEntries| (one.place(language), one.text(language), one.entry.count);
            merge_equal_texts(&ledger).into_iter().map(line).collect::<Vec<_>>()
        };
        let embedders = ("".to_owned(), "of an embedder".to_owned(), 1);
        let merged = ("a, b".to_owned(), "merged".to_owned(), 4);
        assert_eq!(said(Language::English), [merged, embedders.clone()]);
        let chinese = said(Language::Chinese);
        let text = "合并单元格保存为首个单元格的值，其余为空值".to_owned();
        assert_eq!(chinese[0], ("a、b".to_owned(), text, 4));
        assert_eq!(chinese[1], embedders, "what has no Chinese is not left out");
    }
}
