//! The full cycle against stock tools, in alternation on the same machine.
//!
//! Each step is a separate process of the release binary. The side that runs first changes from
//! round to round. The output of a step is removed, outside of the measured time, before it runs
//! again.

mod backup;
mod machine;
mod options;
mod process;
mod server;
mod stock;
mod table;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use options::Options;
use process::Measurement;
use table::{Goals, Runs, mib};

/// The steps that are measured once in each round.
type Step<S> = fn(&mut S) -> Result<()>;

/// Runs everything and prints the tables.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let options = Options::parse(arguments)?;
    let temporary = tempfile::Builder::new().prefix("side-by-side").tempdir_in(&options.folder)?;
    let mut comparison = Comparison::prepare(&options, temporary.path())?;
    let (csv_bytes, records) = comparison.data()?;
    for round in 0..options.rounds {
        eprintln!("round {} of {}", round + 1, options.rounds);
        comparison.round(round % 2 == 1)?;
    }
    let archive_bytes = comparison.file("crm.tar.zst.age")?;
    let stock_bytes = comparison.file("stock.tar.zst.age").ok();
    comparison.inspect_large()?;
    comparison.backup()?;
    comparison.server()?;
    let times = if options.ten_times { Some(comparison.ten_times()?) } else { None };

    println!("# Side by side\n\nWritten by `benches/side-by-side`.\n");
    machine::print(&options, csv_bytes, &records);
    comparison.goals(archive_bytes, stock_bytes, times.as_ref()).print();
    table::print_steps(comparison.steps.iter().map(|(what, runs)| (what.as_str(), runs)));
    println!("The archive has {:.1} MB.", archive_bytes as f64 / 1e6);
    if let Some(stock_bytes) = stock_bytes {
        println!("The stock archive has {:.1} MB.", stock_bytes as f64 / 1e6);
    }
    for remark in &comparison.remarks {
        println!("\n{remark}");
    }
    Ok(())
}

/// A folder with the data, and the measurements so far.
struct Comparison<'a> {
    options: &'a Options,
    folder: &'a Path,
    recipient: String,
    steps: BTreeMap<String, Runs>,
    remarks: Vec<String>,
    /// Why the stock tools, and their restore test, cannot be measured; empty if they can.
    no_stock: String,
    no_drill: String,
    /// The flag that leaves out keys and references, if the program has it.
    without_checks: Option<&'static str>,
}

/// The names of the steps, as in the table.
mod step {
    pub(super) const EXPORT: &str = "export --no-read-back";
    pub(super) const EXPORT_READ_BACK: &str = "export, with its read-back";
    pub(super) const VERIFY: &str = "verify";
    pub(super) const TEST: &str = "restore-test";
    pub(super) const TEST_UNCHECKED: &str = "restore-test, no keys or references checked";
    pub(super) const ONE_TABLE: &str = "restore --table contacts";
    pub(super) const INSPECT: &str = "inspect";
    pub(super) const INSPECT_LARGE: &str = "inspect, a large archive";
    pub(super) const WORKBOOK: &str = "workbook: export --no-read-back";
    pub(super) const CALAMINE: &str = "workbook: calamine alone, in process";
    pub(super) const ZSTD: &str = "zstd alone, in process";
    pub(super) const STOCK_EXPORT: &str = "stock export";
    pub(super) const STOCK_VERIFY: &str = "stock verify";
    pub(super) const STOCK_DRILL: &str = "stock drill";
    pub(super) const STOCK_ONE_TABLE: &str = "stock restore of one table";
    pub(super) const STOCK_LIST: &str = "stock listing";
}

impl<'a> Comparison<'a> {
    fn prepare(options: &'a Options, folder: &'a Path) -> Result<Self> {
        crm_fixtures::write_large_csv(&folder.join("data"), 1, options.bytes)?;
        let workbook_records = options.bytes / 5_000;
        crm_fixtures::write_large_workbook(&folder.join("crm.xlsx"), 1, workbook_records)
            .map_err(|error| error.to_string())?;
        let key = folder.join("key.txt");
        process::run(Command::new(&options.tool).arg("keygen").arg("-o").arg(&key), folder)?;
        let text = fs::read_to_string(&key)?;
        let recipient = text.lines().find_map(|line| line.strip_prefix("# public key: "));
        let mut help = Command::new(&options.tool);
        let (_, help) = process::run(help.args(["restore-test", "--help"]), folder)?;
        let flags = ["--no-checks", "--no-keys", "--without-checks"];
        let lacks = |tools: &[&'static str]| match stock::missing(tools) {
            none if none.is_empty() => String::new(),
            some => format!("{} not installed", some.join(", ")),
        };
        Ok(Self {
            options,
            folder,
            recipient: recipient.ok_or("the key file names no public key")?.to_owned(),
            steps: BTreeMap::new(),
            remarks: Vec::new(),
            no_stock: lacks(&stock::TOOLS),
            no_drill: lacks(&[&stock::TOOLS[..], &["sqlite3"]].concat()),
            without_checks: flags.into_iter().find(|flag| help.contains(flag)),
        })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn file(&self, name: &str) -> Result<u64> {
        Ok(self.path(name).metadata()?.len())
    }

    /// How many bytes of CSV there are, and about how many records.
    fn data(&self) -> Result<(u64, String)> {
        let mut bytes = 0;
        for entry in fs::read_dir(self.path("data"))? {
            bytes += entry?.metadata()?.len();
        }
        let mut export = self.tool("export");
        export.args(["data", "--dry-run", "--json"]);
        let (_, printed) = process::run(&mut export, self.folder)?;
        let records: u64 = printed
            .split("\"rows\":")
            .skip(1)
            .filter_map(|rest| rest.trim_start().split(|c: char| !c.is_ascii_digit()).next())
            .filter_map(|digits| digits.parse::<u64>().ok())
            .sum();
        Ok((bytes, records.to_string()))
    }

    /// Measures every step once.
    fn round(&mut self, ours_first: bool) -> Result<()> {
        let pairs: [(Step<Self>, Step<Self>); 6] = [
            (Self::stock_export, Self::export),
            (Self::zstd, Self::export_read_back),
            (Self::stock_verify, Self::verify),
            (Self::stock_drill, Self::tests),
            (Self::measure_stock_verification, Self::measure_verification),
            (Self::calamine, Self::workbook),
        ];
        for (stock, ours) in pairs {
            if ours_first {
                ours(self)?;
                stock(self)?;
            } else {
                stock(self)?;
                ours(self)?;
            }
        }
        Ok(())
    }

    /// Removes the output of a step, runs it, and records the measurements.
    fn measure(
        &mut self,
        what: &str,
        leaves: &[&str],
        mut command: Command,
    ) -> Result<Measurement> {
        for name in leaves {
            let path = self.path(name);
            if path.is_dir() {
                fs::remove_dir_all(path)?;
            } else if path.exists() {
                fs::remove_file(path)?;
            }
        }
        let (mut measurement, printed) =
            process::run(command.current_dir(self.folder), self.folder)?;
        // A program that runs a library alone prints its own time, which excludes its preparations.
        if what == step::ZSTD || what == step::CALAMINE {
            measurement.seconds = printed.trim().parse()?;
        }
        eprintln!("  {what}: {:.2} s", measurement.seconds);
        self.steps.entry(what.to_owned()).or_default().0.push(measurement);
        Ok(measurement)
    }

    /// Runs a command that is not measured.
    fn once(&self, mut command: Command) -> Result<()> {
        process::run(command.current_dir(self.folder), self.folder).map(drop)
    }

    fn tool(&self, command: &str) -> Command {
        let mut tool = Command::new(&self.options.tool);
        tool.current_dir(self.folder).args([command, "--quiet", "--threads"]);
        tool.arg(self.options.threads.to_string());
        tool
    }

    /// Exports one source to `archive`.
    fn export_of(&self, source: &str, archive: &str) -> Command {
        let mut tool = self.tool("export");
        tool.args([source, "--force", "-r", &self.recipient, "-o", archive]);
        tool
    }

    fn reading(&self, command: &str, archive: &str) -> Command {
        let mut tool = self.tool(command);
        tool.args([archive, "-i", "key.txt"]);
        tool
    }

    fn export(&mut self) -> Result<()> {
        let mut tool = self.export_of("data", "unread.tar.zst.age");
        tool.arg("--no-read-back");
        self.measure(step::EXPORT, &["unread.tar.zst.age"], tool)?;
        fs::remove_file(self.path("unread.tar.zst.age"))?;
        Ok(())
    }

    fn export_read_back(&mut self) -> Result<()> {
        let tool = self.export_of("data", "crm.tar.zst.age");
        self.measure(step::EXPORT_READ_BACK, &["crm.tar.zst.age"], tool).map(drop)
    }

    fn verify(&mut self) -> Result<()> {
        let tool = self.reading("verify", "crm.tar.zst.age");
        self.measure(step::VERIFY, &[], tool).map(drop)
    }

    fn tests(&mut self) -> Result<()> {
        let tool = self.reading("restore-test", "crm.tar.zst.age");
        self.measure(step::TEST, &[], tool)?;
        if let Some(flag) = self.without_checks {
            let mut tool = self.reading("restore-test", "crm.tar.zst.age");
            tool.arg(flag);
            self.measure(step::TEST_UNCHECKED, &[], tool)?;
        }
        Ok(())
    }

    fn measure_verification(&mut self) -> Result<()> {
        let mut tool = self.reading("restore", "crm.tar.zst.age");
        tool.args(["--table", "contacts", "-o", "restored"]);
        self.measure(step::ONE_TABLE, &["restored"], tool)?;
        fs::remove_dir_all(self.path("restored"))?;
        let tool = self.reading("inspect", "crm.tar.zst.age");
        self.measure(step::INSPECT, &[], tool).map(drop)
    }

    fn workbook(&mut self) -> Result<()> {
        let mut tool = self.export_of("crm.xlsx", "book.tar.zst.age");
        tool.arg("--no-read-back");
        self.measure(step::WORKBOOK, &["book.tar.zst.age"], tool).map(drop)
    }

    /// This program, run as one that measures a library alone.
    fn alone(&mut self, what: &str, arguments: &[&str]) -> Result<()> {
        let mut this = Command::new(std::env::current_exe()?);
        this.args(arguments);
        self.measure(what, &[], this).map(drop)
    }

    fn zstd(&mut self) -> Result<()> {
        let threads = self.options.threads.to_string();
        self.alone(step::ZSTD, &["zstd-alone", "data", "3", &threads])
    }

    fn calamine(&mut self) -> Result<()> {
        self.alone(step::CALAMINE, &["calamine-alone", "crm.xlsx"])
    }

    fn stock(&mut self, what: &str, leaves: &[&str], script: &str) -> Result<()> {
        let command = stock::shell(script, &self.recipient, self.options.threads);
        self.measure(what, leaves, command)?;
        if leaves.contains(&"unpacked") && self.path("unpacked").exists() {
            fs::remove_dir_all(self.path("unpacked"))?;
        }
        Ok(())
    }

    fn stock_export(&mut self) -> Result<()> {
        if !self.no_stock.is_empty() {
            return Ok(());
        }
        self.stock(step::STOCK_EXPORT, &["stock.sha256", "stock.tar.zst.age"], stock::EXPORT)
    }

    fn stock_verify(&mut self) -> Result<()> {
        if !self.no_stock.is_empty() {
            return Ok(());
        }
        self.stock(step::STOCK_VERIFY, &["unpacked"], stock::VERIFY)
    }

    fn stock_drill(&mut self) -> Result<()> {
        if !self.no_drill.is_empty() {
            return Ok(());
        }
        let script = [stock::VERIFY, stock::IMPORT].concat();
        self.stock(step::STOCK_DRILL, &["unpacked", "stock.sqlite"], &script)?;
        fs::remove_file(self.path("stock.sqlite"))?;
        Ok(())
    }

    fn measure_stock_verification(&mut self) -> Result<()> {
        if !self.no_stock.is_empty() {
            return Ok(());
        }
        self.stock(step::STOCK_ONE_TABLE, &["unpacked"], stock::ONE_TABLE)?;
        self.stock(step::STOCK_LIST, &[], stock::LIST)
    }

    /// Inspects an archive of 2 GB: incompressible noise in addition to the data.
    fn inspect_large(&mut self) -> Result<()> {
        let noise_bytes: u64 = if self.options.quick { 100 << 20 } else { 2_000_000_000 };
        let noise = self.path("data/attachment.bin");
        let mut out = BufWriter::with_capacity(1 << 20, File::create(&noise)?);
        let mut state = 1u64;
        for _ in 0..noise_bytes / 8 {
            // xorshift64: to a compressor, as good as random.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            out.write_all(&state.to_le_bytes())?;
        }
        out.flush()?;
        let mut tool = self.export_of("data", "large.tar.zst.age");
        process::run(tool.arg("--no-read-back"), self.folder)?;
        fs::remove_file(noise)?;
        let bytes = self.file("large.tar.zst.age")?;
        self.remarks.push(format!("The large archive has {:.0} MB.", bytes as f64 / 1e6));
        let tool = self.reading("inspect", "large.tar.zst.age");
        self.measure(step::INSPECT_LARGE, &[], tool)?;
        fs::remove_file(self.path("large.tar.zst.age"))?;
        Ok(())
    }
}

/// How often ten times the data is measured.
const TEN_TIMES_ROUNDS: usize = 3;

/// The ratio of time and memory between ten times the data and the data.
type TenTimes = Vec<(&'static str, Option<(f64, f64)>, String)>;

impl Comparison<'_> {
    /// Measures ten times the data, in alternation with the data.
    fn ten_times(&mut self) -> Result<TenTimes> {
        let bytes = 10 * self.options.bytes;
        crm_fixtures::write_large_csv(&self.path("data-10"), 1, bytes)?;
        let mut times = Vec::new();
        for what in [step::EXPORT_READ_BACK, step::VERIFY, step::TEST] {
            if what == step::TEST {
                fs::remove_dir_all(self.path("data-10"))?;
                let room = free_bytes(self.folder)?;
                if room < bytes * 3 / 2 {
                    let why = format!("the database wants more room than {:.0} MiB", mib(room));
                    times.push((what, None, why));
                    continue;
                }
            }
            let once = format!("{what}, beside ten times the data");
            let ten = format!("{what}, ten times the data");
            for _ in 0..TEN_TIMES_ROUNDS {
                self.measure(&once, &[], self.scaled(what, "data", "crm.tar.zst.age"))?;
                self.measure(&ten, &[], self.scaled(what, "data-10", "crm-10.tar.zst.age"))?;
            }
            times.push((what, self.times(&once, &ten), "one of the two was not measured".into()));
        }
        Ok(times)
    }

    /// A step that is measured with data of two sizes.
    fn scaled(&self, what: &str, data: &str, archive: &str) -> Command {
        match what {
            step::EXPORT_READ_BACK => self.export_of(data, archive),
            step::VERIFY => self.reading("verify", archive),
            _ => self.reading("restore-test", archive),
        }
    }

    /// The ratio of time and memory between two steps.
    fn times(&self, one: &str, other: &str) -> Option<(f64, f64)> {
        let (one, other) = (self.steps.get(one)?, self.steps.get(other)?);
        let memory = other.peak_bytes()? as f64 / one.peak_bytes()? as f64;
        Some((other.seconds()? / one.seconds()?, memory))
    }

    fn goals(&self, archive: u64, stock: Option<u64>, times: Option<&TenTimes>) -> Goals {
        let seconds = |what: &str| self.steps.get(what).and_then(Runs::seconds);
        let ratio = |ours: &str, theirs: &[&str]| {
            let theirs: Option<f64> = theirs.iter().map(|what| seconds(what)).sum();
            Some(seconds(ours)? / theirs?)
        };
        let peak = |what: &str| self.steps.get(what)?.peak_bytes().map(mib);
        let mut goals = Goals::default();
        let mut times_row = |what: &str, most, value, why: &str| {
            goals.row(what, most, "times", value, why);
        };
        let (stock_tools, drill) = (&self.no_stock, &self.no_drill);
        times_row(
            "export, without its read-back, against the stock export",
            0.45,
            ratio(step::EXPORT, &[step::STOCK_EXPORT]),
            stock_tools,
        );
        times_row(
            "export with the full read-back, against the stock export and the stock verify",
            0.40,
            ratio(step::EXPORT_READ_BACK, &[step::STOCK_EXPORT, step::STOCK_VERIFY]),
            stock_tools,
        );
        times_row(
            "export, without its read-back, against zstd alone",
            1.5,
            ratio(step::EXPORT, &[step::ZSTD]),
            "",
        );
        let size = stock.map(|stock| archive as f64 / stock as f64);
        times_row("archive size against the stock archive", 1.02, size, stock_tools);
        let verify = ratio(step::VERIFY, &[step::STOCK_VERIFY]);
        times_row("verify against the stock verify", 0.16, verify, stock_tools);
        // The restore test of stock tools checks no keys and no references.
        let alike = if self.without_checks.is_some() { step::TEST_UNCHECKED } else { step::TEST };
        let test = ratio(alike, &[step::STOCK_DRILL]);
        times_row("restore-test, as far as the stock drill goes, against it", 0.18, test, drill);
        times_row(
            "restore-test with keys and references checked, against without",
            1.5,
            ratio(step::TEST, &[step::TEST_UNCHECKED]),
            "the program has no flag that leaves them out",
        );
        times_row(
            "workbook export against calamine reading the same cells and dropping them",
            1.4,
            ratio(step::WORKBOOK, &[step::CALAMINE]),
            "",
        );
        for what in [step::EXPORT, step::EXPORT_READ_BACK, step::VERIFY] {
            goals.row(&format!("peak memory: {what}"), 200.0, "MiB", peak(what), "");
        }
        let memory = "peak memory: restore-test with the scratch database on disk";
        goals.row(memory, 400.0, "MiB", peak(step::TEST), "");
        self.backup_goals(&mut goals);
        self.server_goals(&mut goals);
        ten_times_rows(&mut goals, times);
        let read = self.steps.get(step::INSPECT_LARGE).and_then(Runs::read_bytes).map(mib);
        goals.row("`inspect` of the large archive: bytes read", 4.0, "MiB", read, "");
        goals
    }
}

fn ten_times_rows(goals: &mut Goals, times: Option<&TenTimes>) {
    let Some(times) = times else {
        let why = "only with --ten-times";
        goals.row("ten times the data: time", 10.5, "times", None, why);
        goals.row("ten times the data: memory", 1.1, "times", None, why);
        return;
    };
    for (what, ratios, why) in times {
        let (time, memory) = ratios.unzip();
        goals.row(&format!("ten times the data: {what}, time"), 10.5, "times", time, why);
        goals.row(&format!("ten times the data: {what}, memory"), 1.1, "times", memory, why);
    }
}

/// The free space, as `df` prints it.
fn free_bytes(folder: &Path) -> Result<u64> {
    let output = Command::new("df").args(["-B1", "--output=avail"]).arg(folder).output()?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let last = printed.lines().last().unwrap_or_default().trim();
    last.parse().map_err(|_| "df does not report the free space".into())
}
