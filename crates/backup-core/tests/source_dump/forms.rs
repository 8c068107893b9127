//! The forms of dumps: definitions, keys and references, names, statements that hold no records.

use std::io::Write as _;

use backup_core::model::{Provenance, Role};

use super::{Fixture, ledger, mysql, postgres, read_dump, sqlite};
use crate::recording::{Owned, Recorder, read, text};

fn names(recorder: &Recorder) -> Vec<&str> {
    recorder.tables.iter().map(|table| table.name.as_str()).collect()
}

/// The keys and references of a table, as text.
fn links(recorder: &Recorder, table: &str) -> (Vec<String>, Vec<String>) {
    let origin = &recorder.table(table).origin;
    assert!(origin.keys.iter().all(|key| key.known == Provenance::Declared));
    let keys = origin.keys.iter().map(|key| key.columns.join("+"));
    let references = origin
        .references
        .iter()
        .map(|it| format!("{} > {}({})", it.columns.join("+"), it.table, it.target.join("+")));
    (keys.collect(), references.collect())
}

const POSTGRES: &str = r#"
CREATE SCHEMA sales;
CREATE FUNCTION public.f(x integer) RETURNS integer
    LANGUAGE sql
    BEGIN ATOMIC
 INSERT INTO accounts VALUES (9, 'no');
 SELECT CASE WHEN (x > 1) THEN 2 ELSE 3 END;
END;
CREATE FUNCTION public.g() RETURNS trigger AS $fn$ BEGIN INSERT INTO public.accounts VALUES ($1$;$1$); END $fn$;
CREATE TABLE public.accounts (
    id integer NOT NULL,
    name text DEFAULT 'a;b'::text,
    key character varying(255),
    CONSTRAINT "check" CHECK ((id > 0))
);
COMMENT ON TABLE public.accounts IS 'a; b''c';
CREATE TABLE sales."Order Lines" (
    order_id bigint NOT NULL,
    line integer NOT NULL,
    account integer,
    doubled numeric GENERATED ALWAYS AS ((line * 2)) STORED
);
CREATE TABLE public.parts (id integer, k text) PARTITION BY LIST (k);
CREATE TABLE public.parts_a (id integer, k text);
CREATE TABLE public.derived (y text) INHERITS (public.accounts);
CREATE RULE r AS ON UPDATE TO public.accounts DO ALSO (INSERT INTO public.parts_a VALUES (1, 'x'); DELETE FROM public.parts_a);
COPY public.accounts (id, name, key) FROM stdin;
1	Ann	\N
2	客户	k
\.


COPY sales."Order Lines" (order_id, line, account) FROM stdin;
1	1	2
\.
COPY public.parts_a (id, k) FROM stdin;
1	a
\.
COPY public.derived (id, name, key, y) FROM stdin;
3	d	\N	y
\.
SELECT pg_catalog.setval('public.accounts_id_seq', 2, true);
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts ADD CONSTRAINT u UNIQUE NULLS NOT DISTINCT (name, key);
ALTER TABLE ONLY sales."Order Lines" ADD CONSTRAINT p PRIMARY KEY (order_id, line);
ALTER TABLE ONLY sales."Order Lines"
    ADD CONSTRAINT fk FOREIGN KEY (account) REFERENCES public.accounts(id) ON DELETE CASCADE;
CREATE VIEW public.v AS SELECT 1;
"#;

#[test]
fn a_dump_of_postgresql_has_its_tables_keys_and_references() {
    let recorder = read_dump(postgres(POSTGRES));
    assert_eq!(names(&recorder), ["accounts", "sales.Order Lines", "parts_a", "derived"]);
    let accounts = recorder.table("accounts");
    assert_eq!(accounts.labels(), ["id", "name", "key"]);
    assert_eq!(accounts.rows[1], [Owned::Integer(2), text("客户"), text("k")]);
    let (keys, references) = links(&recorder, "accounts");
    assert_eq!((keys, references.len()), (vec!["id".to_owned(), "name+key".into()], 0));
    let (keys, references) = links(&recorder, "sales.Order Lines");
    assert_eq!(keys, ["order_id+line"]);
    assert_eq!(references, ["account > accounts(id)"]);
    assert_eq!(recorder.table("sales.Order Lines").labels(), ["order_id", "line", "account"]);
    assert_eq!(recorder.ledger_count("computed-column", "sales.Order Lines"), 1);
    assert_eq!(recorder.table("derived").labels(), ["id", "name", "key", "y"]);
    assert!(ledger(&recorder, "missing-records").is_empty(), "{:?}", recorder.ledger);
    assert!(ledger(&recorder, "unread-table").is_empty(), "{:?}", recorder.ledger);

    let schema = String::from_utf8_lossy(recorder.file("crm.sql.schema.sql")).into_owned();
    for part in ["CREATE SCHEMA sales;", "COMMENT ON TABLE", "ADD CONSTRAINT p PRIMARY KEY", "$fn$"]
    {
        assert!(schema.contains(part), "{part} is not in {schema}");
    }
    assert!(!schema.contains("\tAnn"), "records are no definitions: {schema}");
    let roles: Vec<_> = recorder.files.iter().map(|(file, _)| file.role).collect();
    assert_eq!(roles, [Role::Schema, Role::Original]);
    let details = recorder.sources[0].details();
    assert!(
        details.contains("PostgreSQL") && details.contains("pg_dump version 15.4"),
        "{details}"
    );
}

const MYSQL: &str = r"
DROP TABLE IF EXISTS `accounts`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!50503 SET character_set_client = utf8mb4 */;
CREATE TABLE `accounts` (
  `id` int(10) unsigned NOT NULL AUTO_INCREMENT,
  `name` varchar(100) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL DEFAULT 'x, (y',
  `parent` int(10) unsigned DEFAULT NULL,
  `twice` int(11) GENERATED ALWAYS AS (`id` * 2) VIRTUAL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `n` (`name`(10),`parent`) USING BTREE,
  KEY `p` (`parent`),
  FULLTEXT KEY `f` (`name`),
  CONSTRAINT `fk` FOREIGN KEY (`parent`) REFERENCES `accounts` (`id`) ON DELETE SET NULL
) ENGINE=InnoDB AUTO_INCREMENT=3 DEFAULT CHARSET=utf8mb4 COMMENT='a; b''c';
/*!40101 SET character_set_client = @saved_cs_client */;
LOCK TABLES `accounts` WRITE;
/*!40000 ALTER TABLE `accounts` DISABLE KEYS */;
INSERT INTO `accounts` (`id`, `name`, `parent`) VALUES (1,'Ann',NULL),
(2,'Bob',1);
INSERT INTO `accounts` (`parent`, `id`, `name`) VALUES (2,3,'C');
/*!40000 ALTER TABLE `accounts` ENABLE KEYS */;
UNLOCK TABLES;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER tr BEFORE INSERT ON accounts
FOR EACH ROW BEGIN INSERT INTO accounts(name) VALUES ('no'); /* ;; */ END */;;
DELIMITER ;
/*!50001 CREATE TABLE `v` (
  `id` tinyint NOT NULL
) ENGINE=MyISAM */;
/*!50001 DROP TABLE IF EXISTS `v`*/;
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=`root`@`localhost` SQL SECURITY DEFINER */
/*!50001 VIEW `v` AS select 1 AS `id` */;
";

#[test]
fn a_dump_of_mysql_has_its_tables_keys_and_references() {
    let recorder = read_dump(mysql(MYSQL));
    assert_eq!(names(&recorder), ["accounts"]);
    let accounts = recorder.table("accounts");
    assert_eq!(accounts.labels(), ["id", "name", "parent"], "generated values are not dumped");
    assert_eq!(accounts.rows.len(), 3);
    assert_eq!(accounts.rows[2], [Owned::Integer(3), text("C"), Owned::Integer(2)]);
    let (keys, references) = links(&recorder, "accounts");
    assert_eq!(keys, ["id", "name+parent"]);
    assert_eq!(references, ["parent > accounts(id)"]);
    assert!(ledger(&recorder, "missing-records").is_empty(), "{:?}", recorder.ledger);

    // MariaDB writes the values of generated columns too.
    let all = MYSQL.replace(
        "(`id`, `name`, `parent`) VALUES (1,'Ann',NULL),\n(2,'Bob',1)",
        "VALUES (1,'Ann',NULL,2)",
    );
    let recorder = read_dump(mysql(&all));
    let accounts = recorder.table("accounts");
    assert_eq!(accounts.labels(), ["id", "name", "parent", "twice"]);
    assert_eq!(accounts.rows[0][3], Owned::Integer(2));
}

#[test]
fn tables_of_several_databases_are_named_with_them() {
    let table = "CREATE TABLE `t` (`id` int, `o` int, FOREIGN KEY (`o`) REFERENCES `t` (`id`));\n";
    let insert = "INSERT INTO `t` VALUES (1,1);\n";
    let one = format!("CREATE DATABASE `a`;\nUSE `a`;\n{table}{insert}");
    assert_eq!(names(&read_dump(mysql(&one))), ["t"]);
    let both = format!("{one}USE `b`;\n{table}{insert}");
    let recorder = read_dump(mysql(&both));
    assert_eq!(names(&recorder), ["a.t", "b.t"]);
    assert_eq!(links(&recorder, "b.t").1, ["o > b.t(id)"]);
}

#[test]
fn a_dump_of_sqlite_has_its_tables_keys_and_references() {
    let recorder = read_dump(sqlite(
        "CREATE TABLE accounts (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, parent INTEGER REFERENCES accounts(ID));
INSERT INTO accounts VALUES(1,'Ann; -- x',NULL);
CREATE TABLE IF NOT EXISTS 'odd ''name'(a, b INT GENERATED ALWAYS AS (a) STORED, PRIMARY KEY(A)) WITHOUT ROWID;
INSERT INTO \"odd 'name\" VALUES(1);
CREATE TABLE [br x](a);
INSERT INTO \"br x\" VALUES(2);
INSERT INTO Accounts VALUES(2,'Bob',1);
PRAGMA writable_schema=ON;
INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)VALUES('table','ft','ft',0,'CREATE VIRTUAL TABLE ft USING fts5(body)');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('accounts',2);
CREATE TRIGGER tr AFTER INSERT ON accounts BEGIN INSERT INTO accounts(name) VALUES('no'); SELECT CASE WHEN 1 THEN 2 END; END;",
    ));
    assert_eq!(names(&recorder), ["accounts", "odd 'name", "br x"]);
    assert_eq!(recorder.table("accounts").rows.len(), 2, "records before and after other tables");
    let (keys, references) = links(&recorder, "accounts");
    assert_eq!(
        (keys, references),
        (vec!["id".into(), "name".into()], vec!["parent > accounts(id)".into()])
    );
    assert_eq!(links(&recorder, "odd 'name").0, ["a"]);
    assert_eq!(recorder.table("odd 'name").labels(), ["a"]);
    assert_eq!(recorder.ledger_count("virtual-table", "ft"), 1);
    assert_eq!(recorder.ledger_count("internal-table", "sqlite_sequence"), 1);
}

#[test]
fn compressed_dumps_are_read() {
    let plain = postgres(POSTGRES).into_bytes();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(&plain[..500]).expect("written");
    let mut gzip = gzip.finish().expect("written");
    // A second member, as parallel programs write them.
    let mut more = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    more.write_all(&plain[500..]).expect("written");
    gzip.extend(more.finish().expect("written"));
    let zstd = zstd::encode_all(&plain[..], 3).expect("written");
    for bytes in [gzip, zstd] {
        let recorder = read_dump(&bytes);
        assert_eq!(names(&recorder).len(), 4);
        assert_eq!(recorder.file("crm.sql"), bytes);
        let error = read_error(&bytes[..bytes.len() - 3]);
        assert!(error.contains("compressed"), "{error}");
    }
}

fn read_error(content: &[u8]) -> String {
    crate::recording::refusal(&mut Fixture::new(content).source())
}

#[test]
fn a_compressed_dump_that_unpacks_to_too_much_is_refused() {
    use backup_core::source::ZipLimits;
    let long = "x".repeat(70 << 20);
    let dump = mysql(&format!("CREATE TABLE `t` (`c` text);\nINSERT INTO `t` VALUES ('{long}');"));
    let fixture = Fixture::new(zstd::encode_all(dump.as_bytes(), 1).expect("written"));
    let error = crate::recording::refusal(&mut fixture.source());
    assert!(error.contains("64 MiB"), "{error}");
    let recorder = read(&mut fixture.source().limits(ZipLimits::default().ratio(u64::MAX)));
    assert_eq!(recorder.table("t").rows, [[text(&long)]]);
}

#[test]
fn line_ends_of_windows_and_a_byte_order_mark_change_nothing() {
    let unix = read_dump(postgres(POSTGRES));
    let windows = postgres(POSTGRES).replace('\n', "\r\n");
    let windows = read_dump(format!("\u{feff}{windows}"));
    for (one, other) in unix.tables.iter().zip(&windows.tables) {
        assert_eq!(one.rows, other.rows);
    }
}

#[test]
fn a_delimiter_may_consist_of_letters_of_names() {
    let recorder = read_dump(mysql(
        "CREATE TABLE `t` (`a` int);\nDELIMITER $$\n\
         CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW BEGIN INSERT INTO u VALUES (1); END$$\n\
         DELIMITER ;\nINSERT INTO `t` VALUES (1);\n",
    ));
    assert_eq!(names(&recorder), ["t"]);
}

#[test]
fn mixed_records_are_read_for_each_table_and_only_so_often() {
    use std::fmt::Write as _;
    let dump = |tables: usize, rounds: usize| {
        let mut sql = String::new();
        for table in 0..tables {
            let _ = writeln!(sql, "CREATE TABLE `t{table}` (`a` int, `b` text);");
        }
        for round in 0..rounds {
            for table in 0..tables {
                let _ = writeln!(sql, "INSERT INTO `t{table}` VALUES ({round},'{table}');");
            }
        }
        mysql(&sql).into_bytes()
    };
    let plain = dump(3, 5);
    for bytes in [zstd::encode_all(&plain[..], 1).expect("written"), plain] {
        let recorder = read_dump(&bytes);
        let rows = recorder.tables.iter().map(|table| table.rows.len());
        assert_eq!(rows.collect::<Vec<_>>(), [5, 5, 5]);
    }
    let recorder = read_dump(dump(400, 12));
    let refused = ledger(&recorder, "unread-table");
    assert!(!refused.is_empty() && refused[0].1.contains("mixed"), "{refused:?}");
    assert_eq!(recorder.tables.len() + refused.len(), 400);
}
