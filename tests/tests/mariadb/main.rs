//! MariaDB as a source and as the scratch database, with a real server.
//!
//! `tests/run` starts the server, and gives its address in `CRM_BACKUP_TEST_MARIADB`.

mod every_type;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use backup_core::scratch::{MysqlScratch, Scratch};
use backup_core::server::ServerAddress;
use backup_core::source::mysql::MysqlSource;
use backup_core::source::{Discovered, ServerOptions};
use backup_core::{
    Code, ErrorKind, ExportOptions, LedgerCode, Monitor, Phase, Report, Result, Verdict, export,
};
use crm_backup_tests::cells::{Owned, archived};
use crm_backup_tests::servers::{Archive, Changed, Once, connect_with_every_sslmode, sum};
use crm_backup_tests::stock::run;
use crm_backup_tests::{Keys, names_in};
use mysql::Conn;
use mysql::prelude::Queryable as _;

use self::every_type::every_type;

/// A database of its own on the server, which is dropped in the end.
struct Database {
    /// The address of the server, without a slash at its end.
    server: String,
    name: String,
}

impl Database {
    fn new(sql: &str) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let server = std::env::var("CRM_BACKUP_TEST_MARIADB").expect("tests/run gives the address");
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        // The server lets every user read databases whose names begin with test.
        let name = format!("crm_test_{}_{number}", std::process::id());
        let database = Self { server: server.trim_end_matches('/').to_owned(), name };
        let create = format!("CREATE DATABASE {} CHARACTER SET utf8mb4", database.name);
        execute(&mut database.connection(""), &create);
        database.execute(sql);
        database
    }

    fn connection(&self, database: &str) -> Conn {
        let url = format!("{}/{database}?prefer_socket=false", self.server);
        let mut conn = Conn::new(url.as_str()).expect("a connection");
        execute(&mut conn, "SET sql_mode = '', time_zone = '+08:00'");
        conn
    }

    /// Executes statements in the database.
    fn execute(&self, sql: &str) {
        execute(&mut self.connection(&self.name), sql);
    }

    fn address(&self) -> ServerAddress {
        format!("{}/{}", self.server, self.name).parse().expect("an address")
    }

    fn source(&self, options: ServerOptions) -> MysqlSource {
        MysqlSource::connect(self.address(), options).expect("it can be read")
    }

    fn archive(&self) -> Archive {
        Archive::of(self.source(ServerOptions::default()))
    }

    fn scratch(&self) -> MysqlScratch {
        let server = format!("{}/", self.server).parse().expect("an address");
        MysqlScratch::create(server).expect("a database")
    }

    /// Proves an archive in SQLite and on the server.
    fn prove(&self, archive: &Archive) {
        let _one = SCRATCH.lock();
        archive.prove(&mut self.scratch());
        assert_eq!(self.scratch_databases(), [""; 0]);
    }

    /// The databases of scratch tests that are on the server.
    fn scratch_databases(&self) -> Vec<String> {
        let query = "SHOW DATABASES LIKE 'crm\\_backup\\_scratch%'";
        self.connection("").query(query).expect("a list")
    }

    /// Ends all connections to databases with names like this pattern.
    fn kill(&self, pattern: &str) {
        let mut conn = self.connection("");
        let query =
            format!("SELECT ID FROM information_schema.PROCESSLIST WHERE DB LIKE '{pattern}'");
        let ids: Vec<u64> = conn.query(query).expect("a list");
        assert!(!ids.is_empty(), "there is no connection to {pattern}");
        for id in ids {
            // It may have ended by itself.
            let _ = conn.query_drop(format!("KILL CONNECTION {id}"));
        }
    }

    /// Exports the database with a monitor.
    fn export(&self, folder: &Path, monitor: &dyn Monitor) -> Result<Report> {
        let mut found = Discovered::default();
        found.sources.push(Box::new(self.source(ServerOptions::default())));
        let (keys, path) = (Keys::generate(), folder.join("a.age"));
        export(found, &keys.recipients, &path, &ExportOptions::default().replace(true), monitor)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let url = format!("{}/?prefer_socket=false", self.server);
        if let Ok(mut conn) = Conn::new(url.as_str()) {
            let _ = conn.query_drop(format!("DROP DATABASE {}", self.name));
        }
    }
}

/// Executes statements, and checks that each succeeds.
fn execute(conn: &mut Conn, sql: &str) {
    if sql.is_empty() {
        return;
    }
    let mut result = conn.query_iter(sql).expect("the first statement succeeds");
    while let Some(rows) = result.iter() {
        for row in rows {
            row.expect("the statement succeeds");
        }
    }
}

/// One test at a time looks at the list of scratch databases.
static SCRATCH: Mutex<()> = Mutex::new(());

const CRM: &str = "
    CREATE TABLE accounts (id int PRIMARY KEY, name varchar(40) NOT NULL, UNIQUE (name));
    CREATE TABLE Deals (id bigint PRIMARY KEY, account int, amount decimal(12,2),
        FOREIGN KEY (account) REFERENCES accounts (id));
    CREATE TABLE `o.dd t \"x\" ``y``` (`a b` text, `客户` text);
    CREATE TABLE covered (id int PRIMARY KEY, b int, KEY (b));
    CREATE TABLE parts (at date, what text) PARTITION BY RANGE (year(at))
        (PARTITION a VALUES LESS THAN (2024), PARTITION b VALUES LESS THAN MAXVALUE);
    CREATE TABLE old (a int, b text, c int AS (a + 1)) ENGINE=MyISAM;
    CREATE TABLE aria (a int) ENGINE=Aria;
    CREATE TABLE hidden (a int, b int INVISIBLE DEFAULT 5);
    CREATE TABLE versions (a int) WITH SYSTEM VERSIONING;
    CREATE TABLE periods (a int, s timestamp(6) GENERATED ALWAYS AS ROW START,
        e timestamp(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (s, e))
        WITH SYSTEM VERSIONING;
    CREATE TABLE empty (x text);
    CREATE TABLE nothing (a int, b int AS (a * 2) STORED, UNIQUE (b));
    CREATE SEQUENCE numbers;
    CREATE VIEW names AS SELECT name FROM accounts;
    CREATE PROCEDURE greet() SELECT 'hello';
    CREATE FUNCTION one() RETURNS int DETERMINISTIC RETURN 1;
    CREATE TRIGGER rounds BEFORE INSERT ON covered FOR EACH ROW SET NEW.b = NEW.b + 0;
    INSERT INTO accounts SELECT seq, concat('客户 ', seq) FROM seq_1_to_500;
    INSERT INTO Deals SELECT seq, seq % 500 + 1, seq * 1.01 FROM seq_1_to_2000;
    INSERT INTO `o.dd t \"x\" ``y``` VALUES ('1', NULL), (NULL, '2');
    INSERT INTO covered SELECT seq, 1000 - seq FROM seq_1_to_100;
    INSERT INTO parts VALUES ('2024-05-05', 'b'), ('2023-05-05', 'a');
    INSERT INTO old (a, b) VALUES (1, 'x'), (NULL, 'y'); INSERT INTO aria VALUES (1);
    INSERT INTO hidden (a) VALUES (1);
    INSERT INTO versions VALUES (1), (2); DELETE FROM versions WHERE a = 1;
    INSERT INTO periods (a) VALUES (1); UPDATE periods SET a = 2;
    DELETE FROM Deals WHERE id % 7 = 0; UPDATE Deals SET amount = 0 WHERE id % 11 = 0";

/// A dump of the database.
fn dump(database: &Database, folder: &Path, options: &[&str]) -> PathBuf {
    let path = folder.join("dump.sql");
    let (_, place) = database.server.split_once("://").expect("an address");
    let (user, server) = place.split_once('@').expect("a user");
    let (host, port) = server.split_once(':').expect("a port");
    let mut command = Command::new("mariadb-dump");
    command.args(["--no-defaults", "-u", user, "-h", host, "-P", port, "--routines"]);
    command.arg("-r").arg(&path).args(options).arg(&database.name);
    run(&mut command).expect("mariadb-dump");
    path
}

#[test]
#[ignore = "needs MariaDB; run tests/run"]
fn mariadb_every_type_comes_back_through_both_scratch_databases_and_as_in_a_dump() {
    let database = Database::new(&(every_type() + CRM));
    let live = database.archive();
    assert_eq!(live.report.verdict(), Some(Verdict::Proven), "{:?}", live.report.findings());
    database.prove(&live);
    let folder = tempfile::tempdir().expect("a folder");
    for options in [
        &[][..],
        &["--hex-blob"],
        &["--complete-insert", "--skip-extended-insert"],
        &["--single-transaction", "--default-character-set=utf8mb4", "--skip-opt"],
    ] {
        let dumped = Archive::of_file(&dump(&database, folder.path(), options));
        assert_eq!(dumped.digests(), live.digests(), "{options:?}");
        assert_eq!(dumped.types(), live.types(), "{options:?}");
    }
    let contents = live.report.contents();
    let named = |code: &str| -> Vec<_> {
        let entries = contents.ledger.iter().filter(|entry| entry.code.to_string() == code);
        entries.filter_map(|entry| entry.table.as_deref()).collect()
    };
    assert_eq!(named("not-in-snapshot"), ["aria", "old"]);
    assert_eq!(named("computed-column"), ["nothing"]);
    let references = &live.report.results().references;
    assert!(
        references.iter().any(|it| it.table == "Deals" && it.targets == ["accounts"]),
        "{references:?}"
    );
}

#[test]
#[ignore = "needs MariaDB; run tests/run"]
fn encrypted_mariadb_connections_are_as_the_address_says() {
    let database = Database::new("");
    let user = format!("{}_encrypted", database.name);
    database.execute(&format!(
        "CREATE USER {user}@localhost REQUIRE SSL; GRANT SELECT ON {}.* TO {user}@localhost",
        database.name
    ));
    let address = format!("{}/{}", database.server, database.name);
    connect_with_every_sslmode(&address.replace("//root@", &format!("//{user}@")), |address| {
        MysqlSource::connect(address, ServerOptions::default())
    });
    database.execute(&format!("DROP USER {user}@localhost"));
}

#[test]
#[ignore = "needs MariaDB; run tests/run"]
fn mariadb_what_cannot_be_read_is_named_and_the_rest_is_stored() {
    let database = Database::new(
        "CREATE TABLE open (a int); CREATE TABLE closed (a int); CREATE TABLE halves (a int, b int);
         CREATE VIEW v AS SELECT * FROM open",
    );
    let name = format!("{}_reader", database.name);
    let user = format!("{name}@localhost");
    database.execute(&format!(
        "CREATE USER {user}; GRANT SELECT ON open TO {user}; GRANT INSERT ON closed TO {user};
         GRANT SELECT (a) ON halves TO {user}; GRANT SELECT ON v TO {user}"
    ));
    let (_, place) = database.server.split_once('@').expect("a user");
    let address = format!("mysql://{name}@{place}/{}", database.name).parse().expect("an address");
    let source = MysqlSource::connect(address, ServerOptions::default()).expect("a source");
    let archive = Archive::of(source);
    assert_eq!(archive.report.verdict(), Some(Verdict::Unverified));
    let names: Vec<_> = archive.digests().into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names, ["open"]);
    let ledger = &archive.report.contents().ledger;
    let unread: Vec<_> = ledger.iter().filter_map(|entry| entry.table.as_deref()).collect();
    assert_eq!(unread, ["*", "closed", "halves"], "{ledger:?}");
    database.execute(&format!("DROP USER {user}"));
}

#[test]
#[ignore = "needs MariaDB; run tests/run"]
fn mariadb_numbers_of_single_precision_are_read_exactly() {
    let database = Database::new(
        "CREATE TABLE numbers (a float); INSERT INTO numbers VALUES (16777216), (1234567), (0.1)",
    );
    let archive = database.archive();
    let tables = archived(&archive.path(), &archive.keys);
    let expected = [16_777_216.0f64, 1_234_567.0, 0.1].map(|it| [Owned::Real(it.to_bits())]);
    assert_eq!(tables[0].rows, expected);
}

#[test]
#[ignore = "needs MariaDB; run tests/run"]
fn mariadb_patterns_choose_tables_and_one_that_matches_none_is_an_error() {
    let database = Database::new(CRM);
    let all = database.archive().digests().len();
    let with_database = format!("{}.a*", database.name);
    for (patterns, expected) in [
        (&["accounts"][..], &["accounts"][..]),
        (&[with_database.as_str()], &["accounts", "aria"]),
        (&["p*", "Deals"], &["Deals", "parts", "periods"]),
    ] {
        let options = patterns.iter().fold(ServerOptions::default(), |it, one| it.table(*one));
        let archive = Archive::of(database.source(options));
        let names: Vec<_> = archive.digests().into_iter().map(|(name, ..)| name).collect();
        assert_eq!(names, expected, "{patterns:?}");
        let ledger = &archive.report.contents().ledger;
        let left_out = ledger.iter().filter(|entry| entry.code == LedgerCode::LeftOutTable);
        let left_out: Vec<_> = left_out.filter_map(|entry| entry.table.clone()).collect();
        assert_eq!(left_out.len() + names.len(), all, "{left_out:?}");
        assert!(left_out.iter().all(|name| !names.contains(name)), "{left_out:?}");
    }
    let options = ServerOptions::default().table("acounts");
    let error = MysqlSource::connect(database.address(), options).expect_err("a typing error");
    assert!(error.to_string().contains("acounts"), "{error}");
    let server = database.server.parse().expect("an address");
    let error = MysqlSource::connect(server, ServerOptions::default()).expect_err("no database");
    assert!(matches!(error.kind(), ErrorKind::Option { .. }), "{error}");
}

const MANY: &str = "CREATE TABLE many (id int PRIMARY KEY, a varchar(200));
    INSERT INTO many SELECT seq, repeat('x', 200) FROM seq_1_to_100000";

#[test]
#[ignore = "needs MariaDB; run tests/run"]
fn mariadb_an_export_shows_one_moment_while_others_write() {
    let database = Database::new(
        "CREATE TABLE debit (id serial, amount bigint); CREATE TABLE credit (id serial, amount bigint);
         CREATE TABLE a_filler (n int, t text);
         INSERT INTO a_filler SELECT seq, repeat('x', 500) FROM seq_1_to_20000",
    );
    let (stop, written) = (AtomicBool::new(false), AtomicU64::new(0));
    let archive = std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut conn = database.connection(&database.name);
            while !stop.load(Ordering::SeqCst) {
                let amount = written.fetch_add(1, Ordering::SeqCst) as i64 * 7 % 1000;
                let sql = format!(
                    "BEGIN; INSERT INTO credit (amount) VALUES ({amount});
                     INSERT INTO debit (amount) VALUES ({amount}); COMMIT"
                );
                execute(&mut conn, &sql);
            }
        });
        while written.load(Ordering::SeqCst) < 200 {
            std::thread::yield_now();
        }
        let before = written.load(Ordering::SeqCst);
        let archive = database.archive();
        assert!(written.load(Ordering::SeqCst) > before + 10, "nothing was written meanwhile");
        stop.store(true, Ordering::SeqCst);
        archive
    });
    let tables = archived(&archive.path(), &archive.keys);
    let transfers = tables.iter().filter(|table| table.name != "a_filler");
    let sums: Vec<_> = transfers.map(|table| (table.rows.len(), sum(table, "amount"))).collect();
    assert_eq!(sums.len(), 2);
    assert_eq!(sums[0], sums[1], "records and sums of the two tables");
    assert!(sums[0].0 > 100);
}

#[test]
#[ignore = "needs MariaDB; run tests/run"]
fn mariadb_a_lost_connection_ends_an_export_and_leaves_nothing() {
    let database = Database::new(MANY);
    let folder = tempfile::tempdir().expect("a folder");
    let monitor = Once::during(Phase::Exporting, || database.kill(&database.name));
    let error = database.export(folder.path(), &monitor).expect_err("the connection is lost");
    assert!(matches!(error.kind(), ErrorKind::Source { .. }), "{error}");
    assert_eq!(error.to_string().lines().count(), 1, "{error}");
    assert_eq!(names_in(folder.path()), [""; 0], "{error}");
}

/// Cancels an operation while it reads records.
struct Cancelling(AtomicBool);

impl Monitor for Cancelling {
    fn advance(&self, bytes: u64) {
        self.0.fetch_or(bytes > 0, Ordering::SeqCst);
    }

    fn should_continue(&self) -> bool {
        !self.0.load(Ordering::SeqCst)
    }
}

#[test]
#[ignore = "needs MariaDB; run tests/run"]
fn mariadb_a_cancelled_export_leaves_nothing() {
    let database = Database::new(MANY);
    let folder = tempfile::tempdir().expect("a folder");
    let error = database.export(folder.path(), &Cancelling(false.into())).expect_err("an end");
    assert!(matches!(error.kind(), ErrorKind::Cancelled), "{error}");
    assert_eq!(names_in(folder.path()), [""; 0], "{error}");
}

#[test]
#[ignore = "needs MariaDB; run tests/run"]
fn mariadb_a_table_cannot_be_dropped_while_it_is_exported() {
    let database = Database::new(MANY);
    let monitor = Once::during(Phase::Exporting, || {
        let mut conn = database.connection(&database.name);
        execute(&mut conn, "SET lock_wait_timeout = 0");
        let error = conn.query_drop("DROP TABLE many").expect_err("it is locked");
        assert!(
            matches!(error, mysql::Error::MySqlError(ref error) if error.code == 1205),
            "{error}"
        );
    });
    let folder = tempfile::tempdir().expect("a folder");
    let report = database.export(folder.path(), &monitor).expect("an archive");
    assert_eq!(report.verdict(), Some(Verdict::Proven));
    assert!(monitor.is_done());
    let mut found = Discovered::default();
    found.sources.push(Box::new(database.source(ServerOptions::default())));
    database.execute("DROP TABLE many");
    let (keys, path) = (Keys::generate(), folder.path().join("b.age"));
    let report = export(found, &keys.recipients, &path, &ExportOptions::default(), &());
    let tables = report.expect("an empty archive").contents().tables.len();
    assert_eq!(tables, 0, "it is read at its time");
}

#[test]
#[ignore = "needs MariaDB; run tests/run"]
fn mariadb_a_lost_connection_while_loading_or_proving_leaves_no_scratch_database() {
    let database = Database::new(MANY);
    let archive = database.archive();
    for phase in [Phase::Loading, Phase::Proving] {
        let _one = SCRATCH.lock();
        let mut scratch = database.scratch();
        assert_eq!(database.scratch_databases().len(), 1);
        let monitor = Once::during(phase, || database.kill("crm\\_backup\\_scratch%"));
        let error = archive.test(&mut scratch, &monitor).expect_err("the connection is lost");
        assert!(matches!(error.kind(), ErrorKind::Scratch { .. }), "{error}");
        assert_eq!(error.to_string().lines().count(), 1, "{error}");
        scratch.remove().expect("it is dropped");
        assert_eq!(database.scratch_databases(), [""; 0]);
    }
}

#[test]
#[ignore = "needs MariaDB; run tests/run"]
fn mariadb_a_change_in_the_scratch_database_is_found() {
    let database = Database::new(MANY);
    let archive = database.archive();
    let _one = SCRATCH.lock();
    for (change, code) in [
        ("UPDATE t0_0 SET c1 = CONCAT('y', SUBSTR(c1, 2)) WHERE n = 5000", Code::TableDigest),
        ("DELETE FROM t0_0 WHERE n = 100000", Code::TableRows),
        ("UPDATE t0_0 SET c0 = NULL WHERE n = 1", Code::TableCounts),
    ] {
        let mut scratch = database.scratch();
        let name = database.scratch_databases().pop().expect("it is on the server");
        let change_it = || execute(&mut database.connection(&name), change);
        let mut changed = Changed { inner: &mut scratch, change: &change_it };
        let report = archive.test(&mut changed, &()).expect("a report");
        let codes: Vec<_> = report.findings().iter().map(|it| it.code).collect();
        assert!(codes.contains(&code), "{change}: {codes:?}");
        assert_eq!(report.verdict(), Some(Verdict::Failed));
    }
}

/// An archive of a database of SQLite with these tables.
fn of_sqlite(sql: &str) -> Archive {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("odd.sqlite");
    let sqlite = rusqlite::Connection::open(&path).expect("a database");
    sqlite.execute_batch(sql).expect("tables");
    drop(sqlite);
    Archive::of_file(&path)
}

#[test]
#[ignore = "needs MariaDB; run tests/run"]
fn mariadb_cells_that_no_column_can_hold_and_wide_tables_are_proven_on_the_server() {
    const WIDE: usize = 1900;
    let mut sql = String::from(
        "CREATE TABLE odd (id INTEGER PRIMARY KEY, v);
         INSERT INTO odd (v) VALUES (NULL), (1), (-0.0), (9e999), (-9e999), (0.1), (5e-324), ('x'),
         (''), (x''), (x'00ff'), (cast(x'610062' AS TEXT)), (cast(x'ff' AS TEXT)), ('客户 😀'),
         (cast(x'00' AS TEXT)), (cast(x'f8808080' AS TEXT)), ('it''s \\ \"'), (1.7976931348623157e308);
         CREATE TABLE nulls (a, b); INSERT INTO nulls VALUES (NULL, NULL), (NULL, NULL);
         CREATE TABLE none (a);
         CREATE TABLE uneven (a, b); INSERT INTO uneven VALUES (NULL, 1), (NULL, 'x');",
    );
    let columns: Vec<_> = (0..WIDE).map(|at| format!("c{at}")).collect();
    sql.push_str(&format!("CREATE TABLE wide ({});", columns.join(", ")));
    for row in 0..3 {
        let values: Vec<_> = (0..WIDE)
            .map(|at| match (at + row) % 3 {
                0 => format!("'text {row} {at} of forty bytes, not of more'"),
                1 => at.to_string(),
                _ => "NULL".to_owned(),
            })
            .collect();
        sql.push_str(&format!("INSERT INTO wide VALUES ({});", values.join(", ")));
    }
    Database::new("").prove(&of_sqlite(&sql));
}

#[test]
#[ignore = "needs MariaDB; run tests/run"]
fn mariadb_a_record_that_is_too_long_for_a_statement_is_named() {
    let database = Database::new("");
    let most: u64 = database
        .connection("")
        .query_first("SELECT @@max_allowed_packet")
        .expect("a setting")
        .expect("a setting");
    let sql = format!("CREATE TABLE t (a); INSERT INTO t VALUES (1), (zeroblob({}))", most / 2 + 1);
    let archive = of_sqlite(&sql);
    let _one = SCRATCH.lock();
    let error = archive.test(&mut database.scratch(), &()).expect_err("it is too long");
    assert!(error.to_string().contains("max_allowed_packet"), "{error}");
    assert_eq!(error.to_string().lines().count(), 1, "{error}");
    assert_eq!(database.scratch_databases(), [""; 0]);
}

#[test]
#[ignore = "needs MariaDB; run tests/run"]
fn mariadb_uploads_beside_the_database_of_suitecrm_are_found() {
    let database = Database::new(
        "CREATE TABLE notes (id char(36) PRIMARY KEY, name varchar(255), filename varchar(255),
         parent_type varchar(255), parent_id char(36), deleted tinyint(1));
         INSERT INTO notes VALUES ('n1', 'a', 'a.pdf', 'Accounts', NULL, 0),
         ('n2', 'b', 'b.pdf', 'Accounts', NULL, 0), ('n3', 'c', NULL, 'Accounts', NULL, 0)",
    );
    let folder = tempfile::tempdir().expect("a folder");
    let uploads = folder.path().join("upload");
    std::fs::create_dir(&uploads).expect("a folder");
    for name in ["n1", "n2"] {
        std::fs::write(uploads.join(name), format!("%PDF-1.4 {name}")).expect("a file");
    }
    let attachments =
        || Archive::beside(database.source(ServerOptions::default()), &uploads).attachments();
    let (profile, gaps) = attachments();
    assert_eq!((profile.as_deref(), gaps), (Some("suitecrm"), vec![]));
    std::fs::remove_file(uploads.join("n2")).expect("it is removed");
    let (_, gaps) = attachments();
    assert!(matches!(&gaps[..], [gap] if gap.contains("1 is missing")), "{gaps:?}");
}

#[test]
#[ignore = "needs MariaDB; run tests/run"]
fn mariadb_a_scratch_database_that_a_killed_test_left_is_named_and_stays() {
    let database = Database::new("CREATE TABLE t (a int); INSERT INTO t VALUES (1)");
    let archive = database.archive();
    let _one = SCRATCH.lock();
    let left = format!("crm_backup_scratch_{:016x}", std::process::id());
    let mut server = database.connection("");
    execute(&mut server, &format!("CREATE DATABASE {left}"));
    let unused = archive.test(&mut database.scratch(), &());
    let user = database.connection(&left);
    let used = archive.test(&mut database.scratch(), &());
    drop(user);
    let remaining = database.scratch_databases();
    execute(&mut server, &format!("DROP DATABASE {left}"));
    assert_eq!(remaining, [left.as_str()]);
    for (report, names) in [(unused, vec![left]), (used, vec![])] {
        let report = report.expect("a report");
        assert_eq!(report.verdict(), Some(Verdict::Proven));
        let scratch = report.run().scratch.as_ref().expect("it is on a server");
        assert_eq!((scratch.product.as_str(), &scratch.left_behind), ("MariaDB", &names));
        let notes = report.findings().iter().filter(|it| it.code == Code::Scratch);
        assert_eq!(notes.count(), names.len());
    }
}
