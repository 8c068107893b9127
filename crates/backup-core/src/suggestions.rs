//! Suggestions for a name that does not exist.

/// How many names are listed.
const SHOWN: usize = 5;

/// How many characters of a name are compared.
const COMPARED: usize = 64;

/// The names that are most similar to `wanted`, separated by commas, and the number of names that
/// are not shown.
pub(crate) fn suggestions<'a>(
    wanted: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> (String, usize) {
    let compared = |name: &str| name.to_lowercase().chars().take(COMPARED).collect::<String>();
    let wanted = compared(wanted);
    let mut names: Vec<_> = names.into_iter().collect();
    names.sort_by_cached_key(|name| strsim::levenshtein(&wanted, &compared(name)));
    let shown = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    (shown, names.len().saturating_sub(SHOWN))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suggested(wanted: &str, names: &[&str]) -> (String, usize) {
        suggestions(wanted, names.iter().copied())
    }

    #[test]
    fn the_likeliest_name_comes_first() {
        let names = ["leads", "contacts", "Accounts"];
        assert_eq!(suggested("acounts", &names).0, "Accounts, contacts, leads");
        assert_eq!(suggested("客户们", &["联系人", "客户"]).0, "客户, 联系人");
        assert_eq!(suggested("x", &[]), (String::new(), 0));
    }

    #[test]
    fn of_many_names_some_are_listed() {
        let names = ["a1", "a2", "a3", "a4", "b", "a5", "a6"];
        assert_eq!(suggested("b", &names), ("b, a1, a2, a3, a4".to_owned(), 2));
    }
}
