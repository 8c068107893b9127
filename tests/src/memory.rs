//! A replacement for a scratch database, for tests that need hundreds of thousands of them.

use backup_core::Result;
use backup_core::model::ColumnCounts;
use backup_core::record::{Digest, Record, Table};
use backup_core::scratch::Scratch;

/// What was loaded, in memory, unchanged.
#[derive(Debug, Default)]
pub struct InMemory {
    tables: Vec<(usize, Table, Vec<Record>)>,
    files: Vec<(String, u64, Digest)>,
}

impl InMemory {
    fn records(&mut self, table: usize) -> &mut Vec<Record> {
        let found = self.tables.iter_mut().find(|(index, ..)| *index == table);
        &mut found.expect("the table was made").2
    }
}

impl Scratch for InMemory {
    fn create_table(&mut self, index: usize, table: &Table) -> Result<()> {
        self.tables.push((index, table.clone(), Vec::new()));
        Ok(())
    }

    fn insert(&mut self, table: usize, record: &Record) -> Result<()> {
        self.records(table).push(record.clone());
        Ok(())
    }

    fn add_file(&mut self, path: &str, bytes: u64, sha256: Digest) -> Result<()> {
        self.files.push((path.to_owned(), bytes, sha256));
        Ok(())
    }

    fn loaded(&mut self) -> Result<()> {
        Ok(())
    }

    fn tables(&mut self) -> Result<Vec<(usize, Table)>> {
        Ok(self.tables.iter().map(|(index, table, _)| (*index, table.clone())).collect())
    }

    fn files(&mut self) -> Result<Vec<(String, u64, Digest)>> {
        Ok(self.files.clone())
    }

    fn read(
        &mut self,
        table: usize,
        each: &mut dyn FnMut(&Record) -> Result<()>,
    ) -> Result<Vec<ColumnCounts>> {
        self.records(table).iter().try_for_each(each)?;
        let (_, described, records) =
            self.tables.iter().find(|(index, ..)| *index == table).expect("the table was made");
        let mut counts = vec![ColumnCounts::default(); described.columns.len()];
        for record in records {
            counts.iter_mut().zip(record.iter()).for_each(|(counts, cell)| counts.add(cell));
        }
        Ok(counts)
    }
}
