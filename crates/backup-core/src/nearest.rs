//! What was probably meant, where a name is not there.

/// How many names are listed.
const SHOWN: usize = 5;

/// How much of a name is compared.
const COMPARED: usize = 64;

/// The names there are, as a person reads them: the one most like the wanted first, and after five
/// how many more.
pub(crate) fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let wanted = letters(wanted);
    let mut names: Vec<_> =
        names.into_iter().map(|name| (distance(&wanted, &letters(name)), name)).collect();
    names.sort_by_key(|(distance, _)| *distance);
    let shown: Vec<&str> = names.iter().take(SHOWN).map(|(_, name)| *name).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn letters(name: &str) -> Vec<char> {
    name.chars().flat_map(char::to_lowercase).take(COMPARED).collect()
}

/// How many letters have to be put in, taken out or changed.
fn distance(from: &[char], to: &[char]) -> usize {
    let mut before: Vec<usize> = (0..=to.len()).collect();
    for (row, a) in from.iter().enumerate() {
        let mut now = vec![row + 1];
        for (column, b) in to.iter().enumerate() {
            let changed = before[column] + usize::from(a != b);
            now.push(changed.min(before[column + 1] + 1).min(now[column] + 1));
        }
        before = now;
    }
    before.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likeliest_name_comes_first() {
        let names = ["leads", "contacts", "Accounts"];
        assert_eq!(nearest("acounts", names), "Accounts, contacts, leads");
        assert_eq!(nearest("客户们", ["联系人", "客户"]), "客户, 联系人");
        assert_eq!(nearest("x", []), "");
    }

    #[test]
    fn of_many_names_some_are_told() {
        let names = ["a1", "a2", "a3", "a4", "b", "a5", "a6"];
        assert_eq!(nearest("b", names), "b, a1, a2, a3, a4 and 2 more");
    }
}
