//! Stock tools, run as a person would run them. A tool that is missing or fails causes a panic: these tests
//! run only on request, and must not pass without the tool.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::Keys;

/// The output of a tool, and whether it succeeded.
#[derive(Debug)]
pub struct ToolOutput {
    /// Whether the exit status was 0.
    pub content: bool,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl ToolOutput {
    fn of(output: &Output) -> Self {
        Self {
            content: output.status.success(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Panics with the whole output of the tool unless it succeeded.
    #[track_caller]
    pub fn expect(self, what: &str) -> Self {
        assert!(self.content, "{what}: the tool fails\n{}\n{}", self.out, self.err);
        self
    }

    /// Panics unless the tool succeeded and printed no warning.
    #[track_caller]
    pub fn expect_no_warnings(self, what: &str) -> Self {
        let tool_output = self.expect(what);
        assert_eq!(tool_output.err, "", "{what}: the tool warns");
        tool_output
    }
}

/// Runs a tool to its end.
///
/// # Panics
///
/// If the tool cannot be started.
#[track_caller]
pub fn run(command: &mut Command) -> ToolOutput {
    let output = command.env("LC_ALL", "C.UTF-8").stdin(Stdio::null()).output();
    match output {
        Ok(output) => ToolOutput::of(&output),
        Err(error) => panic!("cannot start {:?}: {error}", command.get_program()),
    }
}

/// Runs a tool to its end, with this on its standard input.
///
/// # Panics
///
/// If the tool cannot be started, or does not read its input.
#[track_caller]
pub fn run_with_input(command: &mut Command, input: &[u8]) -> ToolOutput {
    command.env("LC_ALL", "C.UTF-8").stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => panic!("cannot start {:?}: {error}", command.get_program()),
    };
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    let input = input.to_vec();
    let feeding = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("the tool ends");
    feeding.join().expect("the input is given").expect("the tool reads its input");
    ToolOutput::of(&output)
}

/// A command line for bash, with the arguments as `$1`, `$2`, …; a tool that fails anywhere in a
/// pipeline makes it fail.
#[track_caller]
pub fn bash(script: &str, folder: &Path, arguments: &[&Path]) -> ToolOutput {
    let mut command = Command::new("bash");
    command.args(["-euo", "pipefail", "-c", script, "bash"]).args(arguments).current_dir(folder);
    run(&mut command)
}

/// A program of the virtual environment that `tests/run` makes.
///
/// # Panics
///
/// If it is not there.
pub fn from_venv(program: &str) -> Command {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join(".venv");
    let folder = std::env::var_os("CRM_BACKUP_TEST_VENV").map_or_else(beside, PathBuf::from);
    let path = folder.join("bin").join(program);
    assert!(path.exists(), "{program} is not in the virtual environment: run tests/run");
    let mut command = Command::new(path);
    command.env("PYTHONUTF8", "1").env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// An archive opened with stock tools only.
pub struct Unpacked {
    folder: TempDir,
    /// The bag.
    pub bag: PathBuf,
}

impl Unpacked {
    /// Decrypts and unpacks an archive as its README describes: age, zstd and tar in one pipeline.
    ///
    /// # Panics
    ///
    /// If one of them fails or warns, or if the result is not exactly one bag.
    #[track_caller]
    pub fn open(encrypted: &[u8], keys: &Keys) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let key = keys.write_identity(folder.path());
        let archive = folder.path().join("crm.tar.zst.age");
        fs::write(&archive, encrypted).expect("the archive is written");
        let out = folder.path().join("out");
        fs::create_dir(&out).expect("a folder is made");
        let arguments = [key.as_path(), archive.as_path()];
        bash(r#"age -d -i "$1" "$2" | zstd -t -q"#, &out, &arguments)
            .expect_no_warnings("age -d | zstd -t");
        bash(r#"age -d -i "$1" "$2" | zstd -d | tar x"#, &out, &arguments)
            .expect_no_warnings("age -d | zstd -d | tar x");
        let tops = crate::names_in(&out);
        assert_eq!(tops.len(), 1, "an archive unpacks into one folder, not {tops:?}");
        Self { bag: out.join(&tops[0]), folder }
    }

    /// The folder of the unpacked archive.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Has `sha256sum` check both manifests of the bag.
    pub fn check_sums(&self, what: &str) {
        for manifest in ["manifest-sha256.txt", "tagmanifest-sha256.txt"] {
            let mut command = Command::new("sha256sum");
            command.args(["--strict", "-c", manifest]).current_dir(&self.bag);
            let tool_output =
                run(&mut command).expect_no_warnings(&format!("{what}: sha256sum -c {manifest}"));
            let lines = fs::read_to_string(self.bag.join(manifest)).expect("it is a manifest");
            let count = |text: &str| text.lines().count();
            assert_eq!(
                count(&tool_output.out),
                count(&lines),
                "{what}: sha256sum checks every line"
            );
        }
    }

    /// The SHA-256 that `sha256sum` prints for a member.
    pub fn sum(&self, member: &str) -> String {
        sum(&self.bag.join(member))
    }

    /// Runs bagit on it.
    pub fn bagit(&self) -> ToolOutput {
        run(from_venv("bagit.py").arg("--validate").arg(&self.bag))
    }

    /// Runs frictionless on it; its report is JSON on standard output.
    pub fn frictionless(&self) -> ToolOutput {
        let mut command = from_venv("frictionless");
        command.args(["validate", "data/datapackage.json", "--json"]).current_dir(&self.bag);
        run(&mut command)
    }

    /// The manifest, as JSON.
    pub fn package(&self) -> serde_json::Value {
        let text = fs::read(self.bag.join("data/datapackage.json")).expect("there is a manifest");
        serde_json::from_slice(&text).expect("the manifest is JSON")
    }
}

/// The SHA-256 that `sha256sum` prints for a file.
#[track_caller]
pub fn sum(path: &Path) -> String {
    let tool_output = run(Command::new("sha256sum").arg(path)).expect_no_warnings("sha256sum");
    tool_output.out.split(' ').next().unwrap_or_default().trim_start_matches('\\').to_owned()
}
