//! PostgreSQL as a source and as the scratch database, with a real server.
//!
//! `tests/run` starts the server, and gives its address in `CRM_BACKUP_TEST_POSTGRES`.

mod every_type;
mod types;

use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use backup_core::scratch::{PostgresScratch, Scratch, SqliteScratch};
use backup_core::server::ServerAddress;
use backup_core::source::postgres::PostgresSource;
use backup_core::source::{Discovered, ServerOptions};
use backup_core::{
    AgainstOptions, Code, ErrorKind, ExportOptions, LedgerCode, Phase, Report, RestoreOptions,
    ScratchCause, Side, Verdict, compare_with_sources, export, restore_server,
};
use crm_backup_tests::cells::{Owned, archived};
use crm_backup_tests::servers::{Archive, Changed, Once, connect_with_every_sslmode, sum};
use crm_backup_tests::stock::run;
use crm_backup_tests::{Keys, names_in};
use postgres::{Client, NoTls};
use rusqlite::Connection;

use self::every_type::every_type;

/// A database of its own on the server, which is dropped in the end.
struct Database {
    server: String,
    name: String,
}

impl Database {
    fn new(sql: &str) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let server =
            std::env::var("CRM_BACKUP_TEST_POSTGRES").expect("tests/run gives the address");
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", std::process::id());
        let database = Self { server: server.trim_end_matches('/').to_owned(), name };
        database
            .of_server("postgres")
            .batch_execute(&format!(
                "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'",
                database.name
            ))
            .expect("a database");
        database.client().batch_execute(sql).expect("its tables");
        database
    }

    fn of_server(&self, database: &str) -> Client {
        Client::connect(&format!("{}/{database}", self.server), NoTls).expect("a connection")
    }

    fn client(&self) -> Client {
        self.of_server(&self.name)
    }

    fn address(&self) -> ServerAddress {
        format!("{}/{}", self.server, self.name).parse().expect("an address")
    }

    fn source(&self, options: ServerOptions) -> PostgresSource {
        PostgresSource::connect(self.address(), options).expect("it can be read")
    }

    fn found(&self) -> Discovered {
        let mut found = Discovered::default();
        found.sources.push(Box::new(self.source(ServerOptions::default())));
        found
    }

    fn archive(&self) -> Archive {
        Archive::of(self.source(ServerOptions::default()))
    }

    fn scratch(&self) -> PostgresScratch {
        let server = format!("{}/", self.server).parse().expect("an address");
        PostgresScratch::create(server).expect("a database")
    }

    /// Proves an archive in SQLite and on the server.
    fn prove(&self, archive: &Archive) {
        let _one = SCRATCH.lock();
        archive.prove(&mut self.scratch());
        assert_eq!(self.scratch_databases(), [""; 0]);
    }

    /// The databases of scratch tests that are on the server.
    fn scratch_databases(&self) -> Vec<String> {
        let query = "SELECT datname FROM pg_database WHERE datname LIKE 'crm\\_backup\\_scratch%'";
        let rows = self.of_server("postgres").query(query, &[]).expect("a list");
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// Ends all connections of the program to databases with names like this pattern.
    fn kill(&self, pattern: &str) {
        let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                    WHERE datname LIKE $1 AND pid <> pg_backend_pid() \
                    AND application_name = 'crm-backup'";
        self.of_server("postgres").query(kill, &[&pattern]).expect("they end");
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        let _ = self.of_server("postgres").batch_execute(&drop);
    }
}

/// One test at a time looks at the list of scratch databases.
static SCRATCH: Mutex<()> = Mutex::new(());

const CRM: &str = "
    CREATE SCHEMA sales; CREATE SCHEMA \"o.dd\";
    CREATE TABLE accounts (id integer PRIMARY KEY, name text NOT NULL, UNIQUE (name));
    CREATE TABLE sales.\"Deals\" (id bigint PRIMARY KEY, account integer REFERENCES accounts (id), amount numeric(12,2));
    CREATE TABLE \"o.dd\".\"t \"\"x\"\"\" (\"a b\" text, \"客户\" text);
    CREATE TABLE log (at date, what text) PARTITION BY RANGE (at);
    CREATE TABLE log_2023 PARTITION OF log FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
    CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
    CREATE TABLE parent (a integer); CREATE TABLE child (b integer) INHERITS (parent);
    CREATE TABLE empty (x text);
    CREATE VIEW names AS SELECT name FROM accounts;
    INSERT INTO accounts SELECT n, '客户 ' || n FROM generate_series(1, 500) n;
    INSERT INTO sales.\"Deals\" SELECT n, n % 500 + 1, n * 1.01 FROM generate_series(1, 2000) n;
    INSERT INTO \"o.dd\".\"t \"\"x\"\"\" VALUES ('1', NULL), (NULL, '2');
    INSERT INTO log VALUES ('2023-05-05', 'a'), ('2024-05-05', 'b');
    INSERT INTO parent VALUES (1); INSERT INTO child VALUES (2, 3);
    ALTER TABLE accounts ADD COLUMN gone text; ALTER TABLE accounts DROP COLUMN gone, ADD COLUMN note text DEFAULT 'n';
    DELETE FROM sales.\"Deals\" WHERE id % 7 = 0; UPDATE sales.\"Deals\" SET amount = 0 WHERE id % 11 = 0;";

fn dump(database: &Database, folder: &Path, options: &[&str]) -> std::path::PathBuf {
    let path = folder.join("dump.sql");
    let address = format!("{}/{}", database.server, database.name);
    run(Command::new("pg_dump").args(options).arg("-f").arg(&path).arg(address)).expect("pg_dump");
    path
}

#[test]
#[ignore = "needs PostgreSQL; run tests/run"]
fn postgresql_every_type_comes_back_through_both_scratch_databases_and_as_in_a_dump() {
    let database = Database::new(&(every_type() + CRM));
    let live = database.archive();
    assert_eq!(live.report.verdict(), Some(Verdict::Proven), "{:?}", live.report.findings());
    let names: Vec<_> = live.digests().into_iter().map(|(name, ..)| name).collect();
    assert_eq!(
        names,
        [
            "accounts",
            "child",
            "empty",
            "every_type",
            "log_2023",
            "log_2024",
            "o.dd.t \"x\"",
            "parent",
            "sales.Deals",
        ]
    );
    database.prove(&live);
    let folder = tempfile::tempdir().expect("a folder");
    for options in [&[][..], &["--inserts"], &["--column-inserts", "--rows-per-insert=7"]] {
        let dumped = Archive::of_file(&dump(&database, folder.path(), options));
        assert_eq!(dumped.digests(), live.digests(), "{options:?}");
        assert_eq!(dumped.types(), live.types(), "{options:?}");
    }
    let references = &live.report.results().references;
    assert!(
        references.iter().any(|it| it.table == "sales.Deals" && it.targets == ["accounts"]),
        "{references:?}"
    );
}

#[test]
#[ignore = "needs PostgreSQL; run tests/run"]
fn encrypted_postgresql_connections_are_as_the_address_says() {
    let database = Database::new("");
    // `tests/run` has the server refuse this user without encryption.
    let create = "DROP ROLE IF EXISTS encrypted; CREATE ROLE encrypted LOGIN";
    database.client().batch_execute(create).expect("a user");
    let address = format!("{}/{}", database.server, database.name);
    connect_with_every_sslmode(&address.replace("//postgres@", "//encrypted@"), |address| {
        PostgresSource::connect(address, ServerOptions::default())
    });
}

#[test]
#[ignore = "needs PostgreSQL; run tests/run"]
fn postgresql_text_in_another_encoding_is_read_as_unicode() {
    let database = Database::new("");
    let latin = format!("{}_latin", database.name);
    let mut server = database.of_server("postgres");
    server
        .batch_execute(&format!(
            "CREATE DATABASE {latin} TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'"
        ))
        .expect("a database");
    let mut client = database.of_server(&latin);
    client.batch_execute("CREATE TABLE t AS SELECT 'é'::text a, 'ü'::char(3) b").expect("a table");
    drop(client);
    let database = Database { server: database.server.clone(), name: latin };
    let archive = database.archive();
    database.prove(&archive);
    let tables = archived(&archive.path(), &archive.keys);
    assert_eq!(tables[0].rows, [[Owned::from("é"), Owned::from("ü  ")]]);
}

#[test]
#[ignore = "needs PostgreSQL; run tests/run"]
fn postgresql_what_cannot_be_read_is_named_and_the_rest_is_stored() {
    let database = Database::new(
        "CREATE TABLE open AS SELECT 1 a; CREATE TABLE closed AS SELECT 1 a;
         CREATE TABLE filtered AS SELECT 1 a; ALTER TABLE filtered ENABLE ROW LEVEL SECURITY;
         CREATE TABLE none ();",
    );
    let role = format!("{}_reader", database.name);
    database
        .client()
        .batch_execute(&format!(
            "CREATE ROLE {role} LOGIN; GRANT SELECT ON open, filtered TO {role}; SELECT lo_create(0)"
        ))
        .expect("a role");
    let (scheme, rest) = database.server.split_once("://").expect("an address");
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let address: ServerAddress =
        format!("{scheme}://{role}@{host}/{}", database.name).parse().expect("an address");
    let options = ServerOptions::default();
    let archive = Archive::of(PostgresSource::connect(address, options).expect("a source"));
    assert_eq!(archive.report.verdict(), Some(Verdict::Unverified));
    let names: Vec<_> = archive.digests().into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names, ["open"]);
    let ledger = &archive.report.contents().ledger;
    let unread: Vec<_> = ledger.iter().filter_map(|entry| entry.table.as_deref()).collect();
    assert_eq!(unread, ["closed", "filtered", "none", "pg_largeobject"], "{ledger:?}");
    let drop = format!("DROP OWNED BY {role}; DROP ROLE {role}");
    database.client().batch_execute(&drop).expect("it is dropped");
}

#[test]
#[ignore = "needs PostgreSQL; run tests/run"]
fn postgresql_patterns_choose_tables_and_one_that_matches_none_is_an_error() {
    let database = Database::new(CRM);
    let all = database.archive().digests().len();
    for (patterns, expected) in [
        (&["accounts"][..], &["accounts"][..]),
        (&["sales.*"], &["sales.Deals"]),
        (&["log_*", "Deals"], &["log_2023", "log_2024", "sales.Deals"]),
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
    let error = PostgresSource::connect(database.address(), options).expect_err("a typing error");
    assert!(error.to_string().contains("acounts"), "{error}");
}

const MANY: &str =
    "CREATE TABLE many AS SELECT n id, repeat('x', 200) a FROM generate_series(1, 100000) n;
    ANALYZE many;";

#[test]
#[ignore = "needs PostgreSQL; run tests/run"]
fn postgresql_an_export_shows_one_moment_while_others_write() {
    let database = Database::new(
        "CREATE TABLE debit (id serial, amount bigint); CREATE TABLE credit (id serial, amount bigint);
         CREATE TABLE a_filler AS SELECT n, repeat('x', 500) FROM generate_series(1, 20000) n;
         ANALYZE;",
    );
    let (stop, written) = (AtomicBool::new(false), AtomicU64::new(0));
    let archive = std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut client = database.client();
            client.batch_execute("SET synchronous_commit = off").expect("a setting");
            while !stop.load(Ordering::SeqCst) {
                let amount = written.fetch_add(1, Ordering::SeqCst) as i64 * 7 % 1000;
                let sql = format!(
                    "BEGIN; INSERT INTO credit (amount) VALUES ({amount});
                     INSERT INTO debit (amount) VALUES ({amount}); COMMIT"
                );
                client.batch_execute(&sql).expect("a transfer");
            }
        });
        while written.load(Ordering::SeqCst) < 200 {
            std::thread::yield_now();
        }
        let before = written.load(Ordering::SeqCst);
        let archive = database.archive();
        assert!(written.load(Ordering::SeqCst) > before + 100, "nothing was written meanwhile");
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
#[ignore = "needs PostgreSQL; run tests/run"]
fn postgresql_a_lost_connection_ends_an_export_and_leaves_nothing() {
    let database = Database::new(MANY);
    let (folder, keys) = (tempfile::tempdir().expect("a folder"), Keys::generate());
    let found = database.found();
    let monitor = Once::during(Phase::Exporting, || database.kill(&database.name));
    let path = folder.path().join("a.age");
    let exported = export(found, &keys.recipients, &path, &ExportOptions::default(), &monitor);
    let error = exported.expect_err("the connection is lost");
    assert!(matches!(error.kind(), ErrorKind::Source { .. }), "{error}");
    assert_eq!(error.to_string().lines().count(), 1, "{error}");
    assert_eq!(names_in(folder.path()), [""; 0], "{error}");
}

/// As for `pg_dump`, a limit for users at work does not end an export.
#[test]
#[ignore = "needs PostgreSQL; run tests/run"]
fn postgresql_a_time_limit_for_statements_does_not_end_an_export() {
    let database = Database::new(MANY);
    // Long enough for a connection, and too short for the records.
    let limit = format!("ALTER DATABASE {} SET statement_timeout = '25ms'", database.name);
    database.of_server("postgres").batch_execute(&limit).expect("a limit");
    let ended = database.client().batch_execute("SELECT pg_sleep(1)").expect_err("it has an end");
    assert_eq!(ended.code().map(|code| code.code()), Some("57014"), "{ended}");
    assert_eq!(database.archive().report.verdict(), Some(Verdict::Proven));
}

#[test]
#[ignore = "needs PostgreSQL; run tests/run"]
fn postgresql_a_scratch_database_that_cannot_be_made_says_what_to_try() {
    let database = Database::new("");
    let user = format!("user_of_{}", database.name);
    let mut client = database.client();
    client.batch_execute(&format!("CREATE ROLE {user} LOGIN")).expect("a user");
    let (_, host) = database.server.split_once('@').expect("a user and a host");
    let server = |text: String| text.parse::<ServerAddress>().expect("an address");
    let of = |address| PostgresScratch::create(address).err().expect("an error");
    let refused = of(server(format!("postgres://{user}@{host}/")));
    client.batch_execute(&format!("DROP ROLE {user}")).expect("it is dropped");
    let unreachable = of(server("postgres://postgres@127.0.0.1:1/".into()));
    for (error, cause, hint) in [
        (refused, ScratchCause::Privilege, "CREATEDB"),
        (unreachable, ScratchCause::Unreachable, "127.0.0.1:1"),
    ] {
        let ErrorKind::Scratch { cause: found, .. } = error.kind() else { panic!("{error:?}") };
        assert_eq!(*found, cause, "{error}");
        assert!(error.hint().is_some_and(|it| it.contains(hint)), "{error}: {:?}", error.hint());
    }
}

#[test]
#[ignore = "needs PostgreSQL; run tests/run"]
fn postgresql_a_table_cannot_be_dropped_while_it_is_exported() {
    let database = Database::new(MANY);
    let monitor = Once::during(Phase::Exporting, || {
        let drop = "SET lock_timeout = '50ms'; DROP TABLE many";
        let error = database.client().batch_execute(drop).expect_err("it is locked");
        assert_eq!(error.code().map(|code| code.code()), Some("55P03"), "{error}");
    });
    let (folder, keys) = (tempfile::tempdir().expect("a folder"), Keys::generate());
    let found = database.found();
    let path = folder.path().join("a.age");
    let report = export(found, &keys.recipients, &path, &ExportOptions::default(), &monitor);
    assert_eq!(report.expect("an archive").verdict(), Some(Verdict::Proven));
    assert!(monitor.is_done());
    let found = database.found();
    database.client().batch_execute("DROP TABLE many").expect("it is dropped");
    let options = ExportOptions::default().replace(true);
    let report = export(found, &keys.recipients, &path, &options, &());
    assert_eq!(
        report.expect("an empty archive").contents().tables.len(),
        0,
        "it is read at its time"
    );
}

#[test]
#[ignore = "needs PostgreSQL; run tests/run"]
fn postgresql_a_lost_connection_while_loading_or_proving_leaves_no_scratch_database() {
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
#[ignore = "needs PostgreSQL; run tests/run"]
fn postgresql_a_change_in_the_scratch_database_is_found() {
    let database = Database::new(MANY);
    let archive = database.archive();
    let _one = SCRATCH.lock();
    for (change, code) in [
        ("UPDATE t0_0 SET c1 = 'y' || substr(c1, 2) WHERE n = 5000", Code::TableDigest),
        ("DELETE FROM t0_0 WHERE n = 100000", Code::TableRows),
        ("UPDATE t0_0 SET c0 = NULL WHERE n = 1", Code::TableCounts),
    ] {
        let mut scratch = database.scratch();
        let name = database.scratch_databases().pop().expect("it is on the server");
        let change_it = || database.of_server(&name).batch_execute(change).expect("a change");
        let mut changed = Changed { inner: &mut scratch, change: &change_it };
        let report = archive.test(&mut changed, &()).expect("a report");
        let codes: Vec<_> = report.findings().iter().map(|it| it.code).collect();
        assert!(codes.contains(&code), "{change}: {codes:?}");
        assert_eq!(report.verdict(), Some(Verdict::Failed));
    }
}

#[test]
#[ignore = "needs PostgreSQL; run tests/run"]
fn postgresql_cells_that_no_column_can_hold_and_wide_tables_are_proven_on_the_server() {
    let database = Database::new("");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("odd.sqlite");
    let sqlite = Connection::open(&path).expect("a database");
    let wide: Vec<_> = (0..1500).map(|at| format!("c{at}")).collect();
    let odd = "CREATE TABLE odd (id INTEGER PRIMARY KEY, v);
        INSERT INTO odd (v) VALUES (NULL), (1), (-0.0), (9e999), (0.1), ('x'), (''), (x''), (x'00ff'),
        (cast(x'610062' AS TEXT)), (cast(x'ff' AS TEXT)), ('客户'), (cast(x'00' AS TEXT));
        CREATE TABLE nulls (a, b); INSERT INTO nulls VALUES (NULL, NULL), (NULL, NULL);
        CREATE TABLE none (a);";
    sqlite.execute_batch(odd).expect("a table");
    let columns = wide.join(", ");
    sqlite.execute_batch(&format!("CREATE TABLE wide ({columns})")).expect("a table");
    for row in 0..3 {
        let values: Vec<_> = (0..1500)
            .map(|at| match at % 3 {
                0 => format!("'text {row} {at} and more than a pointer of text'"),
                1 => at.to_string(),
                _ => "NULL".to_owned(),
            })
            .collect();
        let insert = format!("INSERT INTO wide VALUES ({})", values.join(", "));
        sqlite.execute_batch(&insert).expect("a record");
    }
    drop(sqlite);
    database.prove(&Archive::of_file(&path));
}

#[test]
#[ignore = "needs PostgreSQL; run tests/run"]
fn postgresql_a_restored_database_has_names_keys_and_references_of_the_archive() {
    let database = Database::new(
        "CREATE TABLE backup_files (n integer PRIMARY KEY, c0 text, xm text UNIQUE);
         CREATE TABLE t1_0 (none integer, c1 bigint REFERENCES backup_files (n), \"C1\" text, empty text);
         INSERT INTO backup_files VALUES (1, 'a', NULL), (2, 'b', 'x');
         INSERT INTO t1_0 VALUES (NULL, 1, 'x', NULL), (NULL, NULL, 'y', NULL);",
    );
    let archive = database.archive();
    let name = format!("{}_restored", database.name);
    let address = format!("{}/{name}", database.server).parse().expect("an address");
    let restore = || {
        let options = RestoreOptions::default();
        restore_server(&archive.path(), &archive.keys.identities, &address, &options, &())
    };
    let report = restore().expect("a report");
    let notes = |report: &Report| -> Vec<String> {
        report.findings().iter().map(|it| it.message.to_string()).collect()
    };
    let found = notes(&report);
    assert_eq!(found.len(), 1, "{found:?}");
    let definitions = format!("{}.schema.sql", database.name);
    assert!(found[0].contains(&definitions), "where the definitions are: {found:?}");
    let restored = Database { server: database.server.clone(), name: name.clone() };
    let again = restored.archive();
    let rows = |archive: &Archive| archived(&archive.path(), &archive.keys);
    assert_eq!(rows(&again), rows(&archive));
    let references = &again.report.results().references;
    let declared = references.iter().any(|it| it.targets == ["backup_files"] && it.looked_up);
    assert!(declared, "{references:?}");
    let error = restore().expect_err("the database exists");
    assert!(matches!(error.kind(), ErrorKind::Scratch { .. }), "{error}");
    assert_eq!(rows(&restored.archive()), rows(&archive), "it was touched");
    drop(restored);
    let options = RestoreOptions::default().table("t1_0");
    let report = restore_server(&archive.path(), &archive.keys.identities, &address, &options, &());
    let found = notes(&report.expect("a report"));
    assert!(found[0].contains("a reference of t1_0 is left out"), "{found:?}");
    drop(Database { server: database.server.clone(), name });
}

#[test]
#[ignore = "needs PostgreSQL; run tests/run"]
fn postgresql_tables_that_an_export_left_out_are_no_difference() {
    let database = Database::new(CRM);
    let archive = Archive::of(database.source(ServerOptions::default().table("accounts")));
    let compare = || {
        let mut scratch = SqliteScratch::in_memory().expect("a database");
        let mut report = archive.test(&mut scratch, &()).expect("a report");
        let undecided = |report: &Report| report.scope().map(|scope| scope.undecided.clone());
        assert_eq!(undecided(&report), undecided(&archive.report));
        let (path, keys) = (archive.path(), &archive.keys.identities);
        let options = AgainstOptions::default().require_equal(true);
        compare_with_sources(&mut report, &path, keys, database.found(), &options, &())
            .expect("it is compared");
        report
    };
    let report = compare();
    assert_eq!(report.verdict(), Some(Verdict::Proven), "{:?}", report.findings());
    let note = |report: &Report| {
        let mut findings = report.findings().iter();
        findings.any(|it| it.message.to_string().contains("because the export left them out"))
    };
    assert!(note(&report), "{:?}", report.findings());
    database.client().batch_execute("CREATE TABLE later (id int)").expect("a table");
    let report = compare();
    assert_eq!(report.verdict(), Some(Verdict::Failed));
    assert!(note(&report), "{:?}", report.findings());
    let new = report.results().against.iter().filter(|it| it.only_in == Some(Side::Source));
    assert_eq!(new.map(|it| it.table.as_str()).collect::<Vec<_>>(), ["later"]);
}

#[test]
#[ignore = "needs PostgreSQL; run tests/run"]
fn postgresql_a_scratch_database_that_a_killed_test_left_is_named_and_stays() {
    let database = Database::new("CREATE TABLE t (a int); INSERT INTO t VALUES (1)");
    let archive = database.archive();
    let _one = SCRATCH.lock();
    let left = format!("crm_backup_scratch_{:016x}", std::process::id());
    let mut server = database.of_server("postgres");
    server.batch_execute(&format!("CREATE DATABASE {left}")).expect("a database");
    let unused = archive.test(&mut database.scratch(), &());
    let mut user = database.of_server(&left);
    let used = archive.test(&mut database.scratch(), &());
    user.batch_execute("SELECT 1").expect("it is connected");
    drop(user);
    let remaining = database.scratch_databases();
    server.batch_execute(&format!("DROP DATABASE {left} WITH (FORCE)")).expect("it is dropped");
    assert_eq!(remaining, [left.as_str()]);
    for (report, names) in [(unused, vec![left.clone()]), (used, vec![])] {
        let report = report.expect("a report");
        assert_eq!(report.verdict(), Some(Verdict::Proven));
        let scratch = report.run().scratch.as_ref().expect("it is on a server");
        assert_eq!((scratch.product.as_str(), &scratch.left_behind), ("PostgreSQL", &names));
        assert!(database.server.ends_with(&scratch.address), "{}", scratch.address);
        let notes = report.findings().iter().filter(|it| it.code == Code::Scratch);
        let notes: Vec<_> = notes.map(|it| it.message.to_string()).collect();
        assert_eq!(notes.len(), names.len());
        assert!(notes.iter().all(|it| it.contains(&format!("DROP DATABASE {left}"))), "{notes:?}");
    }
}

#[test]
#[ignore = "needs PostgreSQL; run tests/run"]
fn postgresql_the_file_store_beside_the_database_of_odoo_is_checked() {
    let sha1 = "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d";
    let database = Database::new(&format!(
        "CREATE TABLE ir_attachment (id serial PRIMARY KEY, name varchar, res_model varchar,
         res_id integer, store_fname varchar, type varchar);
         INSERT INTO ir_attachment VALUES (1, 'a.txt', 'crm.lead', 1, 'aa/{sha1}', 'binary')"
    ));
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("filestore");
    let file = store.join("aa").join(sha1);
    std::fs::create_dir_all(store.join("aa")).expect("a folder");
    let gaps_with = |content: &str| {
        std::fs::write(&file, content).expect("a file");
        let archive = Archive::beside(database.source(ServerOptions::default()), &store);
        let (profile, gaps) = archive.attachments();
        assert_eq!(profile.as_deref(), Some("odoo"));
        gaps
    };
    assert_eq!(gaps_with("hello"), [""; 0]);
    let gaps = gaps_with("jello");
    assert!(matches!(&gaps[..], [gap] if gap.contains(sha1)), "{gaps:?}");
}
