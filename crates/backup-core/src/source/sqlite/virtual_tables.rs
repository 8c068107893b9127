//! What is said of virtual tables: which module they are of, and whether SQLite has it here.

/// What the ledger says of a virtual table of this module; `known` are those that there are.
pub(super) fn said(module: Option<&str>, known: &[String]) -> String {
    let kept = "is kept in the database file and, if it stores anything there, in the tables \
                behind it";
    match module {
        None => format!("a virtual table {kept}"),
        Some(module) if known.iter().any(|one| one.eq_ignore_ascii_case(module)) => {
            format!("a virtual table of the module {module} {kept}")
        }
        Some(module) => {
            format!("a virtual table of the module {module}, which is missing here, {kept}")
        }
    }
}

/// The module that a definition names: `CREATE VIRTUAL TABLE name USING module(…)`. SQLite keeps
/// the text from the name on as it was written, so a comment may hide it.
pub(super) fn module(sql: &str) -> Option<String> {
    let (_, rest) = name(sql.strip_prefix("CREATE VIRTUAL TABLE")?)?;
    let (using, rest) = name(rest)?;
    using.eq_ignore_ascii_case("USING").then_some(())?;
    Some(name(rest)?.0)
}

/// The name that a text begins with, without its quotes, and what follows.
fn name(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start();
    let close = match text.chars().next()? {
        '[' => ']',
        quote @ ('"' | '`' | '\'') => quote,
        _ => {
            let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
            let end = text.find(|c| !plain(c)).unwrap_or(text.len());
            return (end > 0).then(|| (text[..end].to_owned(), &text[end..]));
        }
    };
    let (mut found, mut rest) = (String::new(), &text[1..]);
    loop {
        let end = rest.find(close)?;
        found.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        if close == ']' || !rest.starts_with(close) {
            return Some((found, rest));
        }
        found.push(close);
        rest = &rest[1..];
    }
}

#[cfg(test)]
mod tests {
    use super::module;

    #[test]
    fn modules_are_found_behind_names_of_any_kind() {
        let cases = [
            ("CREATE VIRTUAL TABLE docs USING fts5 (body)", Some("fts5")),
            ("CREATE VIRTUAL TABLE \"a \"\" using b\"  using FTS3", Some("FTS3")),
            ("CREATE VIRTUAL TABLE [a'b]\nUSING\n\"my module\"('x')", Some("my module")),
            ("CREATE VIRTUAL TABLE 客户 USING rtree(id)", Some("rtree")),
            ("CREATE VIRTUAL TABLE a /* of b */ USING c", None),
            ("CREATE VIRTUAL TABLE \"a", None),
            ("CREATE TABLE a (b)", None),
        ];
        for (sql, expected) in cases {
            assert_eq!(module(sql).as_deref(), expected, "{sql}");
        }
    }
}
