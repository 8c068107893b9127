//! A temporary folder for a test, in which the binary is started and killed or interrupted.

use std::fs::{self, File};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tempfile::TempDir;

/// Prints a line even if the test passes, so that the number of cases tried is visible.
macro_rules! print_line {
    ($($what:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($what)*);
    }};
}
pub(crate) use print_line;

/// No run takes this long, even on a busy machine; a run that does hangs.
const HANG_TIMEOUT: Duration = Duration::from_secs(900);

/// The name of the archive in all these tests.
pub(crate) const ARCHIVE: &str = "a.tar.zst.age";

/// The files that an export writes.
pub(crate) const EXPORTED_FILES: [&str; 3] = ["a.README.txt", ARCHIVE, "a.tar.zst.age.sha256"];

/// A folder with a key, `key.txt`, and a folder for temporary files that only this test uses.
pub(crate) struct TestFolder {
    folder: TempDir,
    temporary: TempDir,
    /// The output of the runs.
    streams: TempDir,
    pub(crate) public: String,
}

/// A run that has not ended.
pub(crate) struct Running {
    child: Child,
    words: String,
    streams: [PathBuf; 2],
}

/// The result of a run.
pub(crate) struct Finished {
    pub(crate) words: String,
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl TestFolder {
    pub(crate) fn new() -> Self {
        let folder = || tempfile::tempdir().expect("a temporary folder");
        let (folder, temporary, streams) = (folder(), folder(), folder());
        let mut test_folder = Self { folder, temporary, streams, public: String::new() };
        test_folder.run(&["keygen", "-o", "key.txt"]).expect_exit(&[0]);
        let key = fs::read_to_string(test_folder.path("key.txt")).expect("the key is read");
        let public = key.lines().find_map(|line| line.strip_prefix("# public key: "));
        test_folder.public = public.expect("the file contains the public key").to_owned();
        test_folder
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The temporary folder of its runs.
    pub(crate) fn temporary(&self) -> &Path {
        self.temporary.path()
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("the folder is made");
        fs::write(path, content).expect("the file is written");
    }

    /// The binary with these arguments, to be run here.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        self.command_of(Path::new(env!("CARGO_BIN_EXE_crm-backup")), args)
    }

    /// Another program, to be run here.
    pub(crate) fn command_of(&self, program: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(args).current_dir(self.folder.path());
        command.env("TMPDIR", self.temporary.path()).stdin(Stdio::null());
        command
    }

    pub(crate) fn export(&self, source: &str) -> Finished {
        self.run(&self.export_args(source))
    }

    pub(crate) fn export_args<'a>(&'a self, source: &'a str) -> [&'a str; 8] {
        ["export", source, "-o", ARCHIVE, "-r", &self.public, "--threads", "2"]
    }

    pub(crate) fn run(&self, args: &[&str]) -> Finished {
        self.start(self.command(args)).end()
    }

    /// Starts a command as the first of a group of processes.
    pub(crate) fn start(&self, mut command: Command) -> Running {
        let words: Vec<_> = std::iter::once(command.get_program())
            .chain(command.get_args())
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        let streams = ["stdout", "stderr"].map(|name| self.streams.path().join(name));
        let file = |path: &PathBuf| File::create(path).expect("its output is kept");
        command.stdout(file(&streams[0])).stderr(file(&streams[1])).process_group(0);
        let child = command.spawn().expect("it is started");
        Running { child, words: words.join(" "), streams }
    }

    /// Runs a command whose output is not a file, because limits would apply to that file as well.
    pub(crate) fn run_unlimited(&self, mut command: Command) -> Finished {
        let words = format!("{command:?}");
        let output = command.output().expect("it is started");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        Finished { words, status: output.status, stdout, stderr }
    }

    /// Waits until no process works in the folder any more.
    pub(crate) fn wait_until_unused(&self, after: &str) {
        let started = Instant::now();
        let folder = self.folder.path().canonicalize().expect("the folder is there");
        let works_here = |process: &fs::DirEntry| {
            fs::read_link(process.path().join("cwd")).is_ok_and(|test_folder| test_folder == folder)
        };
        while fs::read_dir("/proc").expect("it is listed").flatten().any(|one| works_here(&one)) {
            assert!(started.elapsed() < HANG_TIMEOUT, "a process is left after {after}");
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// The names in the folder, hidden ones too.
    pub(crate) fn names(&self) -> Vec<String> {
        names_in(self.folder.path())
    }

    /// The temporary files that are left. SQLite removes the names of its own files as soon as they are
    /// open, so a file left because the process ended in between is empty.
    pub(crate) fn leftovers(&self) -> Vec<String> {
        let mut left = names_in(self.temporary.path());
        let bytes = |name: &str| fs::metadata(self.temporary.path().join(name)).map(|it| it.len());
        left.retain(|name| !(name.starts_with("etilqs_") && bytes(name).is_ok_and(|it| it == 0)));
        let hidden = [".partial", ".crm-backup-lock"];
        let is_left = |name: &String| hidden.iter().any(|end| name.ends_with(end));
        left.extend(self.names().into_iter().filter(is_left));
        left
    }

    /// The same after a kill, without folders that held nothing yet: their owner cannot be proven, so they
    /// stay.
    pub(crate) fn leftovers_of_a_kill(&self) -> Vec<String> {
        let mut left = self.leftovers();
        left.retain(|name| {
            let folders = [self.temporary.path().join(name), self.path(name)];
            let folder = folders.iter().find(|path| path.is_dir());
            folder.is_none_or(|folder| folder.join("crm-backup.lock").exists())
        });
        left
    }

    /// Whether the archive exists. If it does, it must verify.
    pub(crate) fn has_intact_archive(&self, after: &str) -> bool {
        if !self.path(ARCHIVE).exists() {
            return false;
        }
        let verified = self.run(&["verify", ARCHIVE, "-i", "key.txt", "--json", "--threads", "1"]);
        let whole =
            verified.status.success() && verified.stdout.contains("\"verdict\": \"proven\"");
        assert!(
            whole,
            "{ARCHIVE} does not verify after {after}:\n{}{}",
            verified.stdout, verified.stderr
        );
        true
    }

    /// Fails unless the files beside an archive belong to that archive.
    pub(crate) fn assert_sidecars_match(&self, archive: bool, after: &str) {
        let beside = [EXPORTED_FILES[0], EXPORTED_FILES[2]].map(|name| self.path(name).exists());
        assert!(archive || beside == [false; 2], "sidecars stand alone after {after}: {beside:?}");
        if beside[1] {
            self.run(&["verify", "--sealed", ARCHIVE]).expect_exit(&[0]);
        }
    }

    pub(crate) fn remove(&self, name: &str) {
        let path = self.path(name);
        let removed = match path.symlink_metadata() {
            Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(&path),
            Ok(_) => fs::remove_file(&path),
            Err(_) => Ok(()),
        };
        removed.unwrap_or_else(|error| panic!("{name} is not removed: {error}"));
    }

    pub(crate) fn remove_all(&self, names: &[&str]) {
        names.iter().for_each(|name| self.remove(name));
    }
}

pub(crate) fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder is listed");
    let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("it is listed").file_name();
    let mut names: Vec<_> =
        entries.map(|entry| name(entry).into_string().expect("UTF-8")).collect();
    names.sort();
    names
}

impl Running {
    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Sends a signal to this process only; it may have ended already.
    pub(crate) fn signal(&self, signal: Signal) {
        let _ = kill_process(self.pid(), signal);
    }

    /// Sends a signal to the whole process group, as a terminal does.
    pub(crate) fn signal_group(&self, signal: Signal) {
        let _ = kill_process_group(self.pid(), signal);
    }

    /// Waits until these words appear on standard error.
    pub(crate) fn wait_for_stderr(&self, words: &str) {
        let started = Instant::now();
        let has_appeared =
            || fs::read_to_string(&self.streams[1]).is_ok_and(|text| text.contains(words));
        while !has_appeared() {
            assert!(started.elapsed() < HANG_TIMEOUT, "“{words}” never appears: {}", self.words);
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for its end.
    pub(crate) fn end(mut self) -> Finished {
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("it is waited for") {
                break status;
            }
            if started.elapsed() > HANG_TIMEOUT {
                self.signal_group(Signal::KILL);
                let _ = self.child.wait();
                panic!("it hangs: {}", self.words);
            }
            thread::sleep(Duration::from_micros(500));
        };
        let text = |path: &Path| {
            String::from_utf8_lossy(&fs::read(path).expect("its output is there")).into_owned()
        };
        let [stdout, stderr] = &self.streams;
        Finished { words: self.words, status, stdout: text(stdout), stderr: text(stderr) }
    }
}

impl Finished {
    /// Fails unless the exit code is one of these.
    pub(crate) fn expect_exit(self, codes: &[i32]) -> Self {
        let Self { words, status, stdout, stderr } = &self;
        let expected = status.code().is_some_and(|code| codes.contains(&code));
        assert!(expected, "{words}\nexits with {status}, not {codes:?}:\n{stdout}\n{stderr}");
        self
    }

    /// Whether this signal ended it.
    pub(crate) fn was_ended_by(&self, signal: Signal) -> bool {
        self.status.signal() == Some(signal.as_raw())
    }
}

/// Pseudo-random numbers, the same for the same seed.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A part of a duration.
    pub(crate) fn part_of(&mut self, span: Duration) -> Duration {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        span.mul_f64((self.0 >> 32) as f64 / f64::from(u32::MAX))
    }
}
