//! The ledger for people: entries that say the same of several places, together.

use super::Label;
use super::Language;
use crate::i18n::fl;
use crate::model::LedgerEntry;

/// Entries of a ledger that say the same of several places.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Alike {
    /// The first entry, with the counts of all of them.
    pub entry: LedgerEntry,
    /// The tables or sources that it is about.
    pub places: Vec<String>,
}

/// Puts together the entries that say the same of several places.
pub fn alike<'a>(ledger: impl IntoIterator<Item = &'a LedgerEntry>) -> Vec<Alike> {
    let mut index = std::collections::HashMap::new();
    let mut groups: Vec<Alike> = Vec::new();
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
                groups.push(Alike { entry: entry.clone(), places });
            }
        }
    }
    groups
}

impl Alike {
    /// What the entries say, without where; in Chinese only if their code is known.
    pub fn what(&self, language: Language) -> Option<String> {
        match language {
            Language::English => Some(self.entry.message.clone()),
            _ => self.entry.code.text(language),
        }
    }

    /// All of it in one line.
    pub fn line(&self, language: Language) -> String {
        // An entry without a message is shown in English.
        let what = self.what(language).unwrap_or_else(|| self.entry.message.clone());
        let what = match self.entry.count {
            0 | 1 => what,
            times => fl!(language, "ledger-times", what = what, times = times),
        };
        match self.place(language) {
            place if place.is_empty() => what,
            place => fl!(language, "error-at", place = place, what = what),
        }
    }

    /// The places, but for what the English sentence names already.
    pub fn place(&self, language: Language) -> String {
        // Only these sentences name the place; another may hold the same word and mean none.
        let names = self.entry.code.names_its_place();
        let says = |name: &String| {
            language == Language::English && names && self.entry.message.contains(name)
        };
        let unsaid: Vec<&str> =
            self.places.iter().filter(|name| !says(name)).map(String::as_str).collect();
        match unsaid.as_slice() {
            [first, .., last] if unsaid.len() > 4 => {
                let (first, last, all) = (first.to_owned(), last.to_owned(), unsaid.len());
                fl!(language, "ledger-places", first = first, last = last, all = all)
            }
            several => several.join(Label::NameComma.text(language)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_is_called_as_a_word_of_the_sentence_is_said() {
        let hidden = LedgerEntry::new("hidden-sheet", "this sheet is hidden").table("hidden");
        assert_eq!(alike([&hidden])[0].place(Language::English), "hidden", "it has no name");
        let message = "another table is called a; this one is called a (2)";
        let renamed = LedgerEntry::new("renamed-table", message).table("a (2)");
        assert_eq!(alike([&renamed])[0].line(Language::English), message, "it is named twice");
    }

    #[test]
    fn what_is_alike_is_said_once() {
        let entry = |table: &str| LedgerEntry::new("merged-cells", "merged").table(table).count(2);
        let ledger = [entry("a"), entry("b"), LedgerEntry::new("own", "of an embedder")];
        let said =
            |language| alike(&ledger).iter().map(|one| one.line(language)).collect::<Vec<_>>();
        assert_eq!(said(Language::English), ["a, b: merged (4 times)", "of an embedder"]);
        let chinese = said(Language::Chinese);
        assert_eq!(chinese[0], "a、b：合并单元格保存为首个单元格的值，其余为空值（共 4）");
        assert_eq!(chinese[1], "of an embedder", "what has no Chinese is not left out");
    }
}
