//! How a run was requested: what is needed to repeat it.

use std::time::Duration;

use serde::Serialize;

use crate::model::TOOL;

/// How a run was requested. The program that reads the arguments sets it.
///
/// ```
/// use backup_core::Run;
///
/// let run = Run::new(["restore-test", "crm.tar.zst.age", "-i", "key.txt"]).ticket("OPS-7");
/// assert_eq!(run.command_line(), "crm-backup restore-test crm.tar.zst.age -i key.txt");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Run {
    /// The arguments after the name of the program, unchanged, including recipients. They contain
    /// no secret.
    pub arguments: Vec<String>,
    /// The arguments that repeat the checks.
    #[serde(skip)]
    repeat: Vec<String>,
    /// The name and version of the program.
    pub tool: String,
    /// The operating system and the processor.
    pub platform: String,
    /// Who ran it.
    pub operator: Option<String>,
    /// Who reviews the result.
    pub reviewer: Option<String>,
    /// The ticket of the run.
    pub ticket: Option<String>,
}

/// The maximum length of a command that is shown on one line, in characters.
const LINE: usize = 80;

impl Run {
    /// A run of this program on this system, with these arguments. They must not contain a secret.
    /// The page shows the same arguments for repeating the checks, unless [`repeat`](Self::repeat)
    /// sets others.
    pub fn new(arguments: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let arguments: Vec<String> = arguments.into_iter().map(Into::into).collect();
        Self {
            repeat: arguments.clone(),
            arguments,
            tool: TOOL.into(),
            platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            operator: None,
            reviewer: None,
            ticket: None,
        }
    }

    /// Sets who ran it.
    pub fn operator(mut self, name: impl Into<String>) -> Self {
        self.operator = Some(name.into());
        self
    }

    /// Sets who reviews the result.
    pub fn reviewer(mut self, name: impl Into<String>) -> Self {
        self.reviewer = Some(name.into());
        self
    }

    /// Sets the ticket of the run.
    pub fn ticket(mut self, ticket: impl Into<String>) -> Self {
        self.ticket = Some(ticket.into());
        self
    }

    /// Sets the arguments that repeat the checks, without options of this run alone, such as its
    /// output files.
    pub fn repeat(mut self, arguments: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.repeat = arguments.into_iter().map(Into::into).collect();
        self
    }

    /// The run that repeats the checks.
    pub(crate) fn repetition(&self) -> Self {
        Self::new(self.repeat.iter().cloned())
    }

    /// The whole command, quoted for a shell.
    pub fn command_line(&self) -> String {
        let quoted = self.arguments.iter().map(|argument| quoted(argument));
        std::iter::once("crm-backup".into()).chain(quoted).collect::<Vec<_>>().join(" ")
    }

    /// The whole command, with a line for each option if it is long. Each line but the last ends
    /// with a backslash.
    pub fn command_lines(&self) -> Vec<String> {
        let whole = self.command_line();
        if whole.chars().count() <= LINE {
            return vec![whole];
        }
        let mut lines = vec![String::from("crm-backup")];
        for argument in &self.arguments {
            if argument.len() > 1 && argument.starts_with('-') {
                lines.last_mut().into_iter().for_each(|line| line.push_str(" \\"));
                lines.push(quoted(argument));
            } else if let Some(line) = lines.last_mut() {
                line.push(' ');
                line.push_str(&quoted(argument));
            }
        }
        lines
    }
}

/// A limit and the measured value.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LimitReport {
    /// What has a limit.
    pub what: Limited,
    /// The limit.
    pub limit_seconds: f64,
    /// The measured value; `None` if that could not be measured.
    pub measured_seconds: Option<f64>,
    /// Whether the limit is met; `None` if this is not known.
    pub holds: Option<bool>,
}

impl LimitReport {
    pub(crate) fn new(
        what: Limited,
        limit: Duration,
        measured: Option<Duration>,
        holds: Option<bool>,
    ) -> Self {
        let measured_seconds = measured.map(|measured| measured.as_secs_f64());
        Self { what, limit_seconds: limit.as_secs_f64(), measured_seconds, holds }
    }
}

/// A value that can have a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Limited {
    /// The age of the archive.
    Age,
    /// The time that loading the scratch database takes.
    RestoreTime,
}

/// The name of a file in the current folder as one shell argument that is not read as a flag.
pub(crate) fn file_argument(name: &str) -> String {
    let here = if name.starts_with('-') { "./" } else { "" };
    format!("{here}{}", quoted(name))
}

/// An argument quoted for a shell. Invisible characters are written as escapes that bash and zsh
/// read.
pub(crate) fn quoted(argument: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/:,@+=".contains(c);
    // Some shells replace `=name` by the path of a command.
    let odd = argument.is_empty() || argument.starts_with('=');
    if !odd && argument.chars().all(plain) {
        return argument.to_owned();
    }
    if !argument.contains(crate::seen::is_harmful) {
        return format!("'{}'", argument.replace('\'', r"'\''"));
    }
    let mut quoted = String::from("$'");
    for c in argument.chars() {
        match c {
            '\'' | '\\' => quoted.extend(['\\', c]),
            c if c.is_ascii_control() => quoted.push_str(&format!("\\x{:02x}", u32::from(c))),
            c if crate::seen::is_harmful(c) => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('\'');
    quoted
}

/// The server that holds a scratch database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ScratchServer {
    /// Its program, such as `PostgreSQL`.
    pub product: String,
    /// The version of the program, as the server states it.
    pub version: String,
    /// The host and the port, or the socket.
    pub address: String,
    /// The databases that earlier runs left there, and to which no connection is visible.
    pub left_behind: Vec<String>,
}

impl ScratchServer {
    /// A server without databases of earlier runs.
    pub fn new(
        product: impl Into<String>,
        version: impl Into<String>,
        address: impl Into<String>,
    ) -> Self {
        let (product, version, address) = (product.into(), version.into(), address.into());
        Self { product, version, address, left_behind: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_run_has_no_operator_reviewer_or_ticket() {
        let arguments = ["restore-test", "a.age", "--operator", "Li", "-i", "key.txt"];
        let run = Run::new(arguments).operator("Li").reviewer("Osei").ticket("OPS-7");
        let again = run.repeat(["restore-test", "a.age", "-i", "key.txt"]).repetition();
        assert_eq!(again.command_line(), "crm-backup restore-test a.age -i key.txt");
        assert_eq!([again.operator, again.reviewer, again.ticket], [None, None, None]);
    }

    #[test]
    fn a_command_line_is_what_a_shell_takes() {
        let arguments =
            ["restore-test", "a b.age", "--expect", "it's.csv", "x/y", "", "\u{202e}", "合同"];
        assert_eq!(
            Run::new(arguments).command_line(),
            r"crm-backup restore-test 'a b.age' --expect 'it'\''s.csv' x/y '' $'\u202e' '合同'"
        );
        let long = Run::new(["verify", "a.age", "--expect-id", &"0".repeat(64), "-i", "-"]);
        let lines = long.command_lines();
        assert_eq!(lines[0], r"crm-backup verify a.age \");
        assert_eq!(lines[2], "-i -", "a value is taken for a flag");
        assert_eq!(quoted("*.age"), "'*.age'", "a shell would take it for several");
        assert_eq!(quoted("a\n'"), r"$'a\x0a\''");
    }
}
