//! Names that were probably meant, where a name does not exist.

use crate::i18n::{Message, message};

/// How many names are listed.
const SHOWN: usize = 5;

/// How many characters of a name are compared.
const COMPARED: usize = 64;

/// The names that are most like the wanted one, and how many more there are; `None` if there is no name.
pub(crate) fn suggestions<'a>(
    wanted: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> Option<Message> {
    let compared = |name: &str| name.to_lowercase().chars().take(COMPARED).collect::<String>();
    let wanted = compared(wanted);
    let mut names: Vec<_> = names.into_iter().collect();
    names.sort_by_cached_key(|name| strsim::levenshtein(&wanted, &compared(name)));
    let shown = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    let others = names.len().saturating_sub(SHOWN);
    (!names.is_empty()).then(|| message!("names-and-others", names = shown, count = others))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(wanted: &str, names: &[&str]) -> Option<String> {
        suggestions(wanted, names.iter().copied()).map(|names| names.to_string())
    }

    #[test]
    fn the_likeliest_name_comes_first() {
        let names = ["leads", "contacts", "Accounts"];
        assert_eq!(text("acounts", &names).as_deref(), Some("Accounts, contacts, leads"));
        assert_eq!(text("客户们", &["联系人", "客户"]).as_deref(), Some("客户, 联系人"));
        assert_eq!(text("x", &[]), None);
    }

    #[test]
    fn of_many_names_some_are_listed() {
        let names = ["a1", "a2", "a3", "a4", "b", "a5", "a6"];
        assert_eq!(text("b", &names).as_deref(), Some("b, a1, a2, a3, a4 and 2 others"));
    }
}
