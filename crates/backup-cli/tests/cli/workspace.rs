//! A temporary folder for a test, and the binary run in it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A temporary folder with a key, `key.txt`.
pub(crate) struct Workspace {
    folder: TempDir,
    pub(crate) public: String,
}

/// The result of a run.
pub(crate) struct RunResult {
    pub(crate) command: String,
    pub(crate) exit: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Workspace {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut workspace = Self { folder, public: String::new() };
        workspace.public = workspace.keygen("key.txt");
        workspace
    }

    pub(crate) fn keygen(&self, name: &str) -> String {
        let made = self.run(&["keygen", "-o", name]).expect_exit(0);
        let public = made.stderr.lines().find_map(|line| line.strip_prefix("Public key: "));
        public.expect("keygen prints the public key").to_owned()
    }

    /// A folder with an archive of the CSV fixtures, `crm.tar.zst.age`, and its sidecars.
    pub(crate) fn with_archive() -> Self {
        let workspace = Self::new();
        workspace.export("crm.tar.zst.age", &[&fixture("csv-utf8")]).expect_exit(0);
        workspace
    }

    pub(crate) fn export(&self, output: &str, sources: &[&str]) -> RunResult {
        self.run(&[&["export", "-o", output, "-r", &self.public], sources].concat())
    }

    pub(crate) fn run(&self, args: &[&str]) -> RunResult {
        self.run_with(args, &[], b"")
    }

    pub(crate) fn run_with(
        &self,
        args: &[&str],
        variables: &[(&str, &str)],
        input: &[u8],
    ) -> RunResult {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crm-backup"));
        command.args(args).current_dir(self.folder.path());
        command.env_remove("NO_COLOR").env("LC_ALL", "C").envs(variables.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary runs");
        // A command that refuses early may close its input before all of it is written.
        let _ = child.stdin.take().expect("the input is a pipe").write_all(input);
        let output = child.wait_with_output().expect("the binary ends");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the output is UTF-8");
        RunResult {
            command: args.join(" "),
            exit: output.status.code().expect("no signal ended it"),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("the folder is made");
        fs::write(path, content).expect("the file is written");
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name} cannot be read: {error}"))
    }

    /// The names in the folder, hidden ones too.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).expect("the folder is listed");
        let mut names: Vec<_> = entries
            .map(|entry| entry.expect("it is listed").file_name().into_string().expect("UTF-8"))
            .collect();
        names.sort();
        names
    }
}

impl RunResult {
    /// Fails unless the exit code is this.
    pub(crate) fn expect_exit(self, code: i32) -> Self {
        let Self { command, exit, stdout, stderr } = &self;
        assert_eq!(*exit, code, "the exit code of: {command}\n{stdout}\n{stderr}");
        self
    }

    /// Fails unless standard error has one error line that contains `words`, and one hint.
    pub(crate) fn fails_with(self, words: &str) -> Self {
        let Self { command, stderr, .. } = &self;
        let errors: Vec<_> = stderr.lines().filter(|line| is_error_line(line)).collect();
        assert_eq!(errors.len(), 1, "there must be one error of: {command}\n{stderr}");
        assert!(errors[0].contains(words), "“{words}” is missing, of: {command}\n{stderr}");
        let hints = stderr.lines().filter(|line| line.starts_with("hint: ")).count();
        assert_eq!(hints, 1, "there must be one hint: {command}\n{stderr}");
        self
    }

    /// The JSON document on standard output: exactly one, with the fields of every document.
    pub(crate) fn json(&self) -> Value {
        let Self { command, stdout, .. } = self;
        let mut documents = serde_json::Deserializer::from_str(stdout).into_iter::<Value>();
        let document = documents.next().unwrap_or_else(|| panic!("no document of: {command}"));
        let document = document.unwrap_or_else(|error| panic!("{command}: {error}\n{stdout}"));
        assert!(documents.next().is_none(), "more than one document of: {command}\n{stdout}");
        let violations = crm_backup_tests::schema::violations(&document);
        assert!(
            violations.is_empty(),
            "the schema rejects the document of: {command}\n{violations:#?}\n{stdout}"
        );
        document
    }
}

fn is_error_line(line: &str) -> bool {
    line.starts_with("error: ") || line.starts_with("warning: ")
}

/// The path of a fixture.
pub(crate) fn fixture(name: &str) -> String {
    crm_fixtures::shape(name).path.into_os_string().into_string().expect("the path is UTF-8")
}

/// Every file below a folder, by its relative path.
pub(crate) fn files_below(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("the folder is listed") {
            let path = entry.expect("it is listed").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).expect("it is below").display().to_string();
            files.push((name, fs::read(&path).expect("it is read")));
        }
    }
    files.sort();
    files
}
