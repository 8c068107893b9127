//! SQL dumps as sources: the forms that PostgreSQL, MySQL, MariaDB and SQLite write, the values of
//! each type, what is refused by name, damage, and random tables in every form.

mod cycle;
mod damage;
mod forms;
mod random;
mod refused;
mod values;

use std::fs;
use std::path::PathBuf;

use crate::recording::{Recorder, read};
use backup_core::model::LedgerEntry;
use backup_core::source::dump::DumpSource;

/// A dump in a file.
struct Fixture {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

impl Fixture {
    fn new(content: impl AsRef<[u8]>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("crm.sql");
        fs::write(&path, content).expect("a file");
        Self { _folder: folder, path }
    }

    fn source(&self) -> DumpSource {
        DumpSource::new(&self.path, "crm.sql")
    }
}

fn read_dump(content: impl AsRef<[u8]>) -> Recorder {
    read(&mut Fixture::new(content).source())
}

/// A dump of PostgreSQL with these statements.
fn postgres(statements: &str) -> String {
    format!(
        "--\n-- PostgreSQL database dump\n--\n\n-- Dumped by pg_dump version 15.4\n\n\
         SET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n\
         SELECT pg_catalog.set_config('search_path', '', false);\n\n{statements}\n\n\
         --\n-- PostgreSQL database dump complete\n--\n\n"
    )
}

/// A dump of MySQL with these statements.
fn mysql(statements: &str) -> String {
    format!(
        "-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)\n--\n-- Host: localhost    \
         Database: crm\n-- Server version\t8.0.36\n\n/*!50503 SET NAMES utf8mb4 */;\n\
         /*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;\n\
         {statements}\n/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;\n\n\
         -- Dump completed on 2026-11-30 12:00:00\n"
    )
}

/// A dump of SQLite with these statements.
fn sqlite(statements: &str) -> String {
    format!("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n{statements}\nCOMMIT;\n")
}

/// The messages of ledger entries with this code.
fn ledger<'a>(recorder: &'a Recorder, code: &str) -> Vec<(&'a str, &'a str)> {
    let matches = |entry: &&LedgerEntry| entry.code == code.into();
    let entries = recorder.ledger.iter().filter(matches);
    entries.map(|it| (it.table.as_deref().unwrap_or_default(), it.message.as_str())).collect()
}
