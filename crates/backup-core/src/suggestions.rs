//! What was probably meant, where a name is not there.

/// How many names are listed.
const SHOWN: usize = 5;

/// How much of a name is compared.
const COMPARED: usize = 64;

/// A name that is not there, and those that are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Suggestions {
    /// The name that is not there.
    pub(crate) wanted: String,
    /// The names that are, the one most like the wanted first.
    pub(crate) shown: Vec<String>,
    /// How many there are beside these.
    pub(crate) others: usize,
}

impl Suggestions {
    pub(crate) fn of<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Self {
        let letters_wanted = letters(wanted);
        let mut names: Vec<_> = names
            .into_iter()
            .map(|name| (distance(&letters_wanted, &letters(name)), name))
            .collect();
        names.sort_by_key(|(distance, _)| *distance);
        Self {
            wanted: wanted.to_owned(),
            shown: names.iter().take(SHOWN).map(|(_, name)| (*name).to_owned()).collect(),
            others: names.len().saturating_sub(SHOWN),
        }
    }
}

/// The names that are there, as a person reads them.
impl std::fmt::Display for Suggestions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown.join(", "))?;
        match self.others {
            0 => Ok(()),
            1 => f.write_str(" and 1 other"),
            others => write!(f, " and {others} others"),
        }
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
        let nearest =
            |wanted, names: &[&str]| Suggestions::of(wanted, names.iter().copied()).to_string();
        assert_eq!(nearest("acounts", &names), "Accounts, contacts, leads");
        assert_eq!(nearest("客户们", &["联系人", "客户"]), "客户, 联系人");
        assert_eq!(nearest("x", &[]), "");
    }

    #[test]
    fn of_many_names_some_are_told() {
        let names = ["a1", "a2", "a3", "a4", "b", "a5", "a6"];
        assert_eq!(Suggestions::of("b", names).to_string(), "b, a1, a2, a3, a4 and 2 others");
    }
}
