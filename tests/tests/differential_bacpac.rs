//! A decoder in Python that shares no code with this project reads the same from random `.bacpac`
//! files, down to the digest of each table.
//!
//! This test needs an external tool; `tests/run` runs it if that is possible.

use std::path::Path;
use std::process::Command;

use crate::packages::Framing::{Counted, Eight, Fixed, Four, Raw, Two};
use crate::packages::{Column, Fixture, Framing, Package, column, table, utf16};
use backup_core::dry_run;
use backup_core::source::{DiscoverOptions, discover};
use crm_backup_tests::noise::noise;
use crm_backup_tests::stock::run;
use crm_backup_tests::tried;

/// The number of random packages.
const PACKAGES: u64 = 40;

/// Random numbers, the same at every run.
struct Random {
    bytes: std::vec::IntoIter<u8>,
}

impl Random {
    fn new(seed: u64) -> Self {
        Self { bytes: noise(1 << 20, seed).into_iter() }
    }

    fn number(&mut self) -> u64 {
        let bytes: Vec<u8> = self.bytes.by_ref().take(8).collect();
        u64::from_le_bytes(bytes.try_into().expect("there is enough noise"))
    }

    fn below(&mut self, most: u64) -> u64 {
        self.number() % most
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        self.bytes.by_ref().take(count).collect()
    }

    /// Text of at most this many units of UTF-16.
    fn text(&mut self, units: u64) -> String {
        let characters = ['a', 'Z', ' ', '"', ',', '\n', '\r', '\0', 'é', '客', '\u{feff}', '😀'];
        let mut text = String::new();
        for _ in 0..self.below(units / 2 + 1) {
            text.push(characters[self.below(characters.len() as u64) as usize]);
        }
        text
    }
}

/// A type, with its properties.
type Kind = (&'static str, Framing, &'static [(&'static str, &'static str)]);

const KINDS: [Kind; 39] = [
    ("tinyint", Raw, &[]),
    ("smallint", Raw, &[]),
    ("int", Raw, &[]),
    ("bigint", Raw, &[]),
    ("real", Raw, &[]),
    ("float", Raw, &[("Precision", "24")]),
    ("float", Raw, &[]),
    ("bit", Counted, &[]),
    ("decimal", Counted, &[("Precision", "38"), ("Scale", "10")]),
    ("numeric", Counted, &[("Precision", "5"), ("Scale", "5")]),
    ("decimal", Counted, &[]),
    ("money", Raw, &[]),
    ("smallmoney", Raw, &[]),
    ("datetime", Raw, &[]),
    ("smalldatetime", Raw, &[]),
    ("date", Raw, &[]),
    ("time", Raw, &[("Scale", "0")]),
    ("time", Raw, &[]),
    ("datetime2", Raw, &[("Scale", "3")]),
    ("datetime2", Raw, &[("Scale", "7")]),
    ("datetimeoffset", Raw, &[("Scale", "5")]),
    ("uniqueidentifier", Counted, &[]),
    ("char", Fixed, &[("Length", "6")]),
    ("nchar", Two, &[("Length", "6")]),
    ("varchar", Two, &[("Length", "20")]),
    ("nvarchar", Two, &[("Length", "20")]),
    ("varchar", Eight, &[("IsMax", "True")]),
    ("nvarchar", Eight, &[("IsMax", "True")]),
    ("xml", Eight, &[]),
    ("text", Four, &[]),
    ("ntext", Four, &[]),
    ("binary", Two, &[("Length", "4")]),
    ("varbinary", Two, &[("Length", "20")]),
    ("varbinary", Eight, &[("IsMax", "True")]),
    ("image", Four, &[]),
    ("rowversion", Two, &[]),
    ("hierarchyid", Eight, &[]),
    ("geography", Eight, &[]),
    ("sql_variant", Four, &[]),
];

fn property(column: &Column, name: &str) -> Option<u32> {
    let found = column.properties.iter().find(|(own, _)| *own == name);
    found.map(|(_, value)| value.parse().expect("a number"))
}

/// A value that SQL Server could have written.
fn value(column: &Column, random: &mut Random) -> Vec<u8> {
    let kind = column.type_name.trim_matches(['[', ']']);
    let scale = property(column, "Scale");
    match kind {
        "tinyint" => random.bytes(1),
        "smallint" => random.bytes(2),
        "int" | "smallmoney" => random.bytes(4),
        "bigint" | "money" | "rowversion" => random.bytes(8),
        "real" => finite32(random),
        "float" if property(column, "Precision").is_some() => finite32(random),
        "float" => finite64(random),
        "bit" => vec![random.below(2) as u8],
        "decimal" | "numeric" => {
            let precision = property(column, "Precision").unwrap_or(18);
            let all = u128::from(random.number()) << 64 | u128::from(random.number());
            let digits = random.below(u64::from(precision) + 1) as u32;
            let head = [precision as u8, scale.unwrap_or(0) as u8, random.below(2) as u8];
            [&head[..], &(all % 10u128.pow(digits)).to_le_bytes()].concat()
        }
        "datetime" => {
            let days = random.below(3_012_153) as i32 - 53_690;
            let ticks = random.below(86_400 * 300) as u32;
            [days.to_le_bytes(), ticks.to_le_bytes()].concat()
        }
        "smalldatetime" => {
            let (days, minutes) = (random.below(65_536) as u16, random.below(1440) as u16);
            [days.to_le_bytes(), minutes.to_le_bytes()].concat()
        }
        "date" => days(random),
        "time" => units(scale, random),
        "datetime2" => [units(scale, random), days(random)].concat(),
        "datetimeoffset" => {
            let offset = random.below(1681) as i16 - 840;
            let days = 1 + random.below(3_652_000) as u32;
            let moment = [units(scale, random), days.to_le_bytes()[..3].to_vec()].concat();
            [moment, offset.to_le_bytes().to_vec()].concat()
        }
        "uniqueidentifier" => random.bytes(16),
        "binary" => random.bytes(4),
        "char" | "nchar" => {
            let mut units = utf16(&random.text(6));
            units.resize_with(12, Default::default);
            units
        }
        "varchar" | "nvarchar" | "xml" | "text" | "ntext" => utf16(&random.text(20)),
        _ => {
            let count = random.below(21) as usize;
            random.bytes(count)
        }
    }
}

fn finite32(random: &mut Random) -> Vec<u8> {
    let of_bits = f32::from_bits(random.number() as u32);
    let small = random.below(100_000) as f32 / 100.0;
    let value = if of_bits.is_finite() && random.below(2) == 0 { of_bits } else { small };
    value.to_le_bytes().to_vec()
}

fn finite64(random: &mut Random) -> Vec<u8> {
    let of_bits = f64::from_bits(random.number());
    let small = random.below(1_000_000) as f64 / 1000.0;
    let value = if of_bits.is_finite() && random.below(2) == 0 { of_bits } else { small };
    value.to_le_bytes().to_vec()
}

fn days(random: &mut Random) -> Vec<u8> {
    (random.below(3_652_059) as u32).to_le_bytes()[..3].to_vec()
}

fn units(scale: Option<u32>, random: &mut Random) -> Vec<u8> {
    let unit = 10u64.pow(7 - scale.unwrap_or(7));
    let units = random.below(864_000_000_000) / unit * unit;
    units.to_le_bytes()[..5].to_vec()
}

fn package(random: &mut Random) -> Package {
    let (mut tables, mut total) = (Vec::new(), 0);
    for number in 0..3 {
        let columns = (0..=random.below(12)).map(|at| {
            let (kind, framing, properties) = KINDS[random.below(KINDS.len() as u64) as usize];
            let mut own = column(&format!("c{at}"), kind, framing);
            for (name, value) in properties {
                own = own.with(name, value);
            }
            if random.below(2) == 0 { own.nullable() } else { own }
        });
        let columns: Vec<_> = columns.collect();
        let mut made = table(&format!("t {number}"), columns.clone());
        for part in 0..random.below(4) {
            made = made.part(part as u32 * 7);
            for _ in 0..random.below(20) {
                let values = columns.iter().map(|column| {
                    let is_null = column.is_nullable && random.below(4) == 0;
                    (!is_null).then(|| value(column, random))
                });
                let values: Vec<_> = values.collect();
                let values: Vec<_> = values.iter().map(Option::as_deref).collect();
                made = made.row(&values);
                total += 1;
            }
        }
        tables.push(made);
    }
    Package::of(tables, total)
}

#[test]
#[ignore = "needs python3: tests/run runs it"]
fn python_reads_the_same_from_random_bacpac_files() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/read_bacpac.py");
    let mut records = 0;
    for seed in 0..PACKAGES {
        let package = package(&mut Random::new(seed));
        records += package.total.unwrap_or_default();
        let fixture = Fixture::new(&package.write());
        let mut command = Command::new("python3");
        let other = run(command.arg(&script).arg(fixture.path())).expect("Python reads it").out;
        let found = discover(&[fixture.path()], &DiscoverOptions::default()).expect("found");
        let report = dry_run(found, &()).expect("it is read");
        assert!(report.skipped_checks().is_empty(), "seed {seed}: {:?}", report.skipped());
        let own = report.contents().tables.iter();
        let own: String = own
            .map(|table| format!("{}\t{}\t{}\n", table.name, table.rows, table.digest))
            .collect();
        assert_eq!(own, other, "seed {seed}");
    }
    tried!("{records} records in {PACKAGES} packages");
}
