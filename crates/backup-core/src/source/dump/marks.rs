//! What the comments of a dump say: whether it has ended, and which programs wrote it.

/// What the comments between statements say.
#[derive(Debug, Clone, Default)]
pub(super) struct Marks {
    /// The number of dumps that began and did not end.
    pub(super) open: u32,
    /// The version of the server.
    pub(super) server: Option<String>,
    /// The program that wrote the dump, with its version.
    pub(super) program: Option<String>,
}

impl Marks {
    /// Looks at a comment without its dashes.
    pub(super) fn see(&mut self, comment: &[u8]) {
        let Ok(comment) = std::str::from_utf8(comment) else { return };
        match comment {
            "PostgreSQL database dump" | "PostgreSQL database cluster dump" => self.open += 1,
            "PostgreSQL database dump complete" | "PostgreSQL database cluster dump complete" => {
                self.open = self.open.saturating_sub(1);
            }
            _ if comment.starts_with("Dump completed") => self.open = self.open.saturating_sub(1),
            _ if comment.starts_with("MySQL dump ") || comment.starts_with("MariaDB dump ") => {
                self.open += 1;
                self.program.get_or_insert_with(|| comment.to_owned());
            }
            _ => {
                if let Some(version) = comment.strip_prefix("Dumped by ") {
                    self.program.get_or_insert_with(|| version.to_owned());
                }
                let version = comment.strip_prefix("Dumped from database version ");
                if let Some(version) = version.or_else(|| comment.strip_prefix("Server version")) {
                    self.server.get_or_insert_with(|| version.trim().to_owned());
                }
            }
        }
    }
}
