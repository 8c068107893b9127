//! Compares files with the digests of their contents that their names state.

use std::collections::BTreeMap;

use sha1::{Digest as _, Sha1};

use super::{Chosen, ContentDigest, Pattern};

/// The most files that are listed for one rule.
const MOST_NAMES: usize = 20;

/// The name of a profile, and the position of a rule for attachments there.
type Rule = (String, usize);

/// The file that is read.
struct Open {
    rule: Rule,
    /// The tables whose records name such files.
    table: Pattern,
    path: String,
    /// What its name states, in lower case.
    expected: String,
    hash: Sha1,
}

/// The files of one rule that have another content than their names state.
pub(crate) struct OtherContents {
    /// The tables whose records name such files.
    pub(crate) table: Pattern,
    pub(crate) count: u64,
    /// The first of them.
    pub(crate) paths: Vec<String>,
    /// What the name of the first states, and what its content is.
    pub(crate) first: (String, String),
}

/// Compares the contents of files, one after the other, with their names.
#[derive(Default)]
pub(crate) struct NamedContents {
    open: Option<Open>,
    found: BTreeMap<Rule, OtherContents>,
}

impl NamedContents {
    /// Begins a file. Returns whether a rule says that its name states a digest of its content.
    pub(crate) fn begin(&mut self, profile: Option<&Chosen>, path: &str) -> bool {
        self.open = None;
        let Some(profile) = profile else { return false };
        let rules = profile.attachments.iter().enumerate();
        let mut stated = rules.filter_map(|(rule, of)| {
            let ContentDigest::Sha1 = of.content?;
            let value = of.file.as_ref()?.captures(path)?.get("value")?;
            let is_digest = value.len() == 40 && value.bytes().all(|it| it.is_ascii_hexdigit());
            is_digest.then(|| (rule, &of.table, value.to_ascii_lowercase()))
        });
        self.open = stated.next().map(|(rule, table, expected)| Open {
            rule: (profile.name().to_owned(), rule),
            table: table.clone(),
            path: path.to_owned(),
            expected,
            hash: Sha1::new(),
        });
        self.open.is_some()
    }

    /// Receives the next bytes of the file.
    pub(crate) fn content(&mut self, bytes: &[u8]) {
        if let Some(open) = &mut self.open {
            open.hash.update(bytes);
        }
    }

    /// Ends the file, all of whose bytes were received.
    pub(crate) fn end(&mut self) {
        let Some(Open { rule, table, path, expected, hash }) = self.open.take() else { return };
        let actual: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        if actual == expected {
            return;
        }
        let found = self.found.entry(rule).or_insert_with(|| OtherContents {
            table,
            count: 0,
            paths: Vec::new(),
            first: (expected, actual),
        });
        found.count += 1;
        if found.paths.len() < MOST_NAMES {
            found.paths.push(path);
        }
    }

    /// What was found for each rule for attachments that found something.
    pub(crate) fn finish(self) -> impl Iterator<Item = OtherContents> {
        self.found.into_values()
    }
}
