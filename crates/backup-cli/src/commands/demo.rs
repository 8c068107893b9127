//! `demo`: runs all commands on the bundled sample.

use std::ffi::OsString;
use std::fs::{DirBuilder, File};
use std::io::Write as _;
use std::path::Path;

use backup_core::{Error, ErrorKind, Verdict};
use clap::Parser;
use serde_json::Value;

use crate::cli::{Cli, Command, DemoArgs};
use crate::exit::{self, Failure};
use crate::i18n::{Text, fl, text};
use crate::outcome::{Demonstration, Outcome};
use crate::render::{Tone, json};
use crate::session::Session;
use backup_core::render::Detail;

macro_rules! sample {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_bytes!(concat!("../../sample/", $name)))),*]
    };
}

/// A CRM of invented people: as CSV, as a workbook, as a database, and some attachments.
const SAMPLE: &[(&str, &[u8])] = sample![
    "csv-utf8/accounts.csv",
    "csv-utf8/activities.csv",
    "csv-utf8/contacts.csv",
    "csv-utf8/opportunities.csv",
    "workbook/crm.xlsx",
    "sqlite/crm.sqlite",
    "attachments/contract.txt",
    "attachments/empty.dat",
    "attachments/notes/readme.md",
    "attachments/photo.png",
    "attachments/合同 2026.pdf",
];

/// Runs one command.
type RunCommand = fn(Command, &mut Session<'_>) -> Result<Outcome, Failure>;

pub(crate) fn run(
    args: &DemoArgs,
    session: &mut Session<'_>,
    run: RunCommand,
) -> Result<Outcome, Failure> {
    if let Some(folder) = &args.folder {
        prepare(folder)?;
        return round(folder, session, run);
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix("crm-backup-demo-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    let folder = builder.tempdir();
    let folder = folder.map_err(|error| Error::writing_to(std::env::temp_dir(), error))?;
    round(folder.path(), session, run)
}

fn prepare(folder: &Path) -> Result<(), Failure> {
    make_folder(folder)?;
    let mut entries = std::fs::read_dir(folder).map_err(|error| Error::reading(folder, error))?;
    if entries.next().is_some() {
        let error = Error::new(ErrorKind::Exists { path: folder.to_path_buf() });
        return Err(Failure::from(error).never_replacing(true, text!("demo-new-hint")));
    }
    Ok(())
}

fn round(folder: &Path, session: &mut Session<'_>, run: RunCommand) -> Result<Outcome, Failure> {
    session.within = Some(format!("{}{}", folder.display(), std::path::MAIN_SEPARATOR));
    let outcome = all_commands(folder, session, run);
    session.within = None;
    Ok(Outcome::Demo(outcome?))
}

fn all_commands(
    folder: &Path,
    session: &mut Session<'_>,
    run: RunCommand,
) -> Result<Demonstration, Failure> {
    for (name, content) in SAMPLE {
        write(&folder.join("crm-export").join(name), content)?;
    }
    let mut stage = Stage { folder, session, run, steps: Vec::new(), exit: exit::DONE };
    stage.print(&format!("{}\n", fl!(stage.session.language(), "demo-intro")))?;
    stage.step(text!("demo-keygen"), &["keygen", "-o", "@key.txt"], Detail::Brief)?;
    let public = stage.public_key();
    let export = ["export", "@crm-export", "-o", "@crm.tar.zst.age", "-r", &public];
    stage.step(text!("demo-export"), &export, Detail::Brief)?;
    let archive = ["@crm.tar.zst.age", "-i", "@key.txt"];
    let on = |command: &'static str| [&[command], archive.as_slice()].concat();
    stage.step(text!("demo-inspect"), &on("inspect"), Detail::Full)?;
    stage.step(text!("demo-verify"), &on("verify"), Detail::Brief)?;
    stage.step(text!("demo-restore-test"), &on("restore-test"), Detail::Brief)?;
    let restore = [on("restore").as_slice(), &["-o", "@restored", "--originals"]].concat();
    stage.step(text!("demo-restore"), &restore, Detail::Brief)?;
    Ok(stage.end())
}

fn write(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(path);
    make_folder(folder)?;
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| file.write_all(content));
    Ok(written.map_err(|error| Error::writing(path, error))?)
}

/// Creates a folder that only its owner can read, and those above it.
fn make_folder(folder: &Path) -> Result<(), Failure> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    Ok(builder.create(folder).map_err(|error| Error::writing_to(folder, error))?)
}

/// Runs commands one after the other, until one fails.
struct Stage<'a, 'c> {
    folder: &'a Path,
    session: &'a mut Session<'c>,
    run: RunCommand,
    steps: Vec<Value>,
    exit: u8,
}

impl Stage<'_, '_> {
    fn print(&mut self, text: &str) -> Result<(), Failure> {
        if self.is_silent() { Ok(()) } else { self.session.print(text) }
    }

    fn is_silent(&self) -> bool {
        self.session.settings.json || self.session.settings.quiet
    }

    /// Shows a command and runs it. An argument with `@` names something in the folder.
    fn step(&mut self, why: Text, args: &[&str], detail: Detail) -> Result<(), Failure> {
        if self.exit != exit::DONE {
            return Ok(());
        }
        let shown: Vec<_> = args.iter().map(|arg| arg.trim_start_matches('@')).collect();
        let line = format!("$ crm-backup {}", shown.join(" "));
        let line = self.session.style().paint(Tone::Title, &line);
        let why = why.text(self.session.language());
        self.print(&format!("\n{why}\n{line}\n"))?;
        let real = args.iter().map(|arg| match arg.strip_prefix('@') {
            Some(name) => self.folder.join(name).into_os_string(),
            None => OsString::from(arg),
        });
        let cli = Cli::try_parse_from(std::iter::once("crm-backup".into()).chain(real))
            .expect("the demonstration's own commands are well-formed");
        let outcome = (self.run)(cli.command, self.session)?;
        self.exit = outcome.exit();
        self.steps.push(json::outcome(&outcome));
        if self.is_silent() { Ok(()) } else { self.session.show(&outcome, detail) }
    }

    fn public_key(&self) -> String {
        let made = self.steps.first().and_then(|step| step["public_key"].as_str());
        made.unwrap_or_default().to_owned()
    }

    fn end(self) -> Demonstration {
        let restored = self.folder.join("restored");
        let differs = |(name, content): &&(&str, &[u8])| {
            self.exit == exit::DONE
                && std::fs::read(restored.join(name)).ok().as_deref() != Some(*content)
        };
        let differences: Vec<_> =
            SAMPLE.iter().filter(differs).map(|(name, _)| (*name).to_owned()).collect();
        let exit = if differences.is_empty() { self.exit } else { exit::FAILED };
        let verdict = match exit {
            exit::DONE => Verdict::Proven,
            exit::FAILED => Verdict::Failed,
            _ => Verdict::Unverified,
        };
        let compared = SAMPLE.len() as u64;
        Demonstration { exit, verdict, steps: self.steps, compared, differences }
    }
}
