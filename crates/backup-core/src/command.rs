//! The commands that create reports, and the steps whose time is measured.

use serde::Serialize;

use crate::i18n::{Language, Message};

/// The command that created a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Command {
    /// An archive was written.
    Export,
    /// An archive was checked.
    Verify,
    /// An archive was checked, loaded into a database and read back.
    RestoreTest,
    /// An archive was restored.
    Restore,
    /// The end of an archive was read.
    #[default]
    Inspect,
}

impl Command {
    /// The stable name, as in JSON, in metrics and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::Verify => "verify",
            Self::RestoreTest => "restore-test",
            Self::Restore => "restore",
            Self::Inspect => "inspect",
        }
    }
}

impl std::fmt::Display for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A step of a run whose time is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Step {
    /// Reading the sources, compressing and encrypting.
    Export,
    /// Reading the archive back from disk.
    ReadBack,
    /// Checking the archive.
    Verify,
    /// Loading the database, or writing files.
    Restore,
    /// Reading the database back.
    Prove,
    /// Comparing with the current sources.
    Compare,
    /// Checking keys and references.
    KeysAndReferences,
}

impl Step {
    /// The name of the step in a language.
    pub fn text(self, language: Language) -> String {
        Message::of_variant("step-", &self).text(language)
    }
}

impl std::fmt::Display for Step {
    /// The stable name, as in JSON.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.serialize(f)
    }
}
