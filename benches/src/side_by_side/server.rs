//! PostgreSQL as a source and as the scratch database, against its own `COPY`. This needs a server
//! whose address is in `CRM_BACKUP_BENCH_POSTGRES`; a database is made on it and dropped again.

use std::fs;

use super::table::{Goals, Runs, mib};
use super::{Comparison, stock};
use crate::Result;

const EXPORT: &str = "PostgreSQL: export --no-read-back";
const EXPORT_PLAIN: &str = "PostgreSQL: export --no-read-back --no-keys --profile none";
const EXPORT_READ_BACK: &str = "PostgreSQL: export, with its read-back";
const STOCK_EXPORT: &str = "PostgreSQL: COPY TO, zstd and age";
const TEST: &str = "PostgreSQL: restore-test on the server";
const STOCK_TEST: &str = "PostgreSQL: COPY FROM and COPY TO";

const ADDRESS: &str = "CRM_BACKUP_BENCH_POSTGRES";
const DATABASE: &str = "crm_backup_bench";
/// About the length of a record as text.
const ROW_BYTES: u64 = 67;

/// Makes the database. `$1` is its number of records.
const PREPARE: &str = r#"
psql -X -q "$SERVER/postgres" -c "DROP DATABASE IF EXISTS $DATABASE" -c "CREATE DATABASE $DATABASE"
psql -X -q "$SERVER/$DATABASE" <<SQL
CREATE TABLE deals AS SELECT n AS id, n % 1000000 AS account, 'Deal ' || md5(n::text) AS name,
    (n * 7 % 100000)::numeric / 100 AS amount, n % 3 = 0 AS open
    FROM generate_series(1, $RECORDS) n;
VACUUM ANALYZE deals;
SQL
"#;

const COPY: &str = r#"
psql -X -q "$SERVER/$DATABASE" -c 'COPY deals TO STDOUT' | zstd -q -3 | age -r "$RECIPIENT" >stock.copy.zst.age
"#;

const LOAD: &str = r#"
psql -X -q "$SERVER/$DATABASE" -c 'CREATE TABLE loaded (LIKE deals)' \
    -c '\copy loaded FROM deals.copy'
psql -X -q "$SERVER/$DATABASE" -c 'COPY loaded TO STDOUT' >/dev/null
psql -X -q "$SERVER/$DATABASE" -c 'DROP TABLE loaded'
"#;

const PLAIN: &str = r#"psql -X -q "$SERVER/$DATABASE" -c 'COPY deals TO STDOUT' >deals.copy"#;

const DROP: &str = r#"psql -X -q "$SERVER/postgres" -c "DROP DATABASE $DATABASE""#;

impl Comparison<'_> {
    /// Measures a table of about as many bytes as the CSV has.
    pub(super) fn server(&mut self) -> Result<()> {
        let Ok(server) = std::env::var(ADDRESS) else { return Ok(()) };
        let server = server.trim_end_matches('/').to_owned();
        let records = self.options.bytes / ROW_BYTES;
        let script = |this: &Self, script: &str| {
            let mut command = stock::shell(script, &this.recipient, this.options.threads);
            command.env("SERVER", &server).env("DATABASE", DATABASE);
            command.env("RECORDS", records.to_string());
            command
        };
        self.once(script(self, PREPARE))?;
        self.once(script(self, PLAIN))?;
        self.remarks.push(format!("The table in PostgreSQL has {records} records."));
        let (source, archive) = (format!("{server}/{DATABASE}"), "server.tar.zst.age");
        for round in 0..self.options.rounds {
            for ours in if round % 2 == 0 { [true, false] } else { [false, true] } {
                if !ours {
                    self.measure(STOCK_EXPORT, &["stock.copy.zst.age"], script(self, COPY))?;
                    self.measure(STOCK_TEST, &[], script(self, LOAD))?;
                    continue;
                }
                let mut export = self.export_of(&source, archive);
                export.arg("--no-read-back");
                self.measure(EXPORT, &[archive], export)?;
                let mut export = self.export_of(&source, archive);
                export.args(["--no-read-back", "--no-keys", "--profile", "none"]);
                self.measure(EXPORT_PLAIN, &[archive], export)?;
                let export = self.export_of(&source, archive);
                self.measure(EXPORT_READ_BACK, &[archive], export)?;
                let mut test = self.reading("restore-test", archive);
                test.args(["--no-keys", "--profile", "none", "--scratch", &server]);
                self.measure(TEST, &[], test)?;
            }
        }
        for left in [archive, "stock.copy.zst.age", "deals.copy"] {
            fs::remove_file(self.path(left))?;
        }
        self.once(script(self, DROP))
    }

    pub(super) fn server_goals(&self, goals: &mut Goals) {
        let seconds = |what: &str| self.steps.get(what).and_then(Runs::seconds);
        let ratio = |one, other| Some(seconds(one)? / seconds(other)?);
        let why = format!("only with a server in {ADDRESS}");
        let what = "export from PostgreSQL, without its read-back, against COPY, zstd and age";
        goals.row(what, 1.5, "times", ratio(EXPORT, STOCK_EXPORT), &why);
        let what = "the same, without looking for keys and gaps";
        goals.row(what, 1.5, "times", ratio(EXPORT_PLAIN, STOCK_EXPORT), &why);
        let what = "restore-test into PostgreSQL, against COPY FROM and COPY TO";
        goals.row(what, 1.3, "times", ratio(TEST, STOCK_TEST), &why);
        for what in [EXPORT, TEST] {
            let peak = self.steps.get(what).and_then(Runs::peak_bytes).map(mib);
            goals.row(&format!("peak memory: {what}"), 200.0, "MiB", peak, &why);
        }
    }
}
