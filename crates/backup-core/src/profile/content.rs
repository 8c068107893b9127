//! Compares files with the digests of their contents that their names state.

use sha1::{Digest as _, Sha1};

use super::{ContentDigest, Profile};

/// The most files that are listed for one rule.
const MOST_NAMES: usize = 20;

/// The file that is read.
struct Open {
    rule: usize,
    path: String,
    /// What its name states, in lower case.
    expected: String,
    hash: Sha1,
}

/// The files of one rule that have another content than their names state.
#[derive(Default)]
pub(crate) struct OtherContents {
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
    /// For each rule for attachments; shorter if the last rules have none.
    found: Vec<OtherContents>,
}

impl NamedContents {
    /// Begins a file. Returns whether a rule says that its name states a digest of its content.
    pub(crate) fn begin(&mut self, profile: Option<&Profile>, path: &str) -> bool {
        let rules = profile.map_or(&[][..], |profile| &profile.attachments).iter().enumerate();
        let mut stated = rules.filter_map(|(rule, of)| {
            let ContentDigest::Sha1 = of.content?;
            let value = of.file.as_ref()?.captures(path)?.get("value")?;
            let is_digest = value.len() == 40 && value.bytes().all(|it| it.is_ascii_hexdigit());
            is_digest.then(|| (rule, value.to_ascii_lowercase()))
        });
        self.open = stated.next().map(|(rule, expected)| Open {
            rule,
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
        let Some(Open { rule, path, expected, hash }) = self.open.take() else { return };
        let actual: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        if actual == expected {
            return;
        }
        if self.found.len() <= rule {
            self.found.resize_with(rule + 1, OtherContents::default);
        }
        let found = &mut self.found[rule];
        if found.count == 0 {
            found.first = (expected, actual);
        }
        found.count += 1;
        if found.paths.len() < MOST_NAMES {
            found.paths.push(path);
        }
    }

    /// What was found for each rule for attachments that found something, with its number.
    pub(crate) fn finish(self) -> impl Iterator<Item = (usize, OtherContents)> {
        self.found.into_iter().enumerate().filter(|(_, found)| found.count > 0)
    }
}
