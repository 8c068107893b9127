//! Receives tables, records and files beside their storage or their read-back, to check them.

use crate::model::{FileReport, Origin};
use crate::record::{Record, Table};

/// Receives the records of all tables, one table after the other, and the files.
pub(crate) trait Observer: Send {
    /// The records of this table follow. Its origin is known while sources are read.
    fn begin_table(&mut self, table: &Table, origin: Option<&Origin>);

    /// Receives a record of the table. `number` is counted from 1.
    fn record(&mut self, number: u64, record: &Record);

    /// A file begins. Returns whether its bytes are wanted. Called only while sources are read.
    fn begin_file(&mut self, _path: &str) -> bool {
        false
    }

    /// Receives bytes of the file that began last, if one of several observers wants them.
    fn content(&mut self, _bytes: &[u8]) {}

    /// Receives a file, after it was stored. Called only while sources are read.
    fn file(&mut self, _: &FileReport) {}

    /// Everything is read again from the beginning.
    fn restart(&mut self) {}
}

/// Ignores everything.
impl Observer for () {
    fn begin_table(&mut self, _: &Table, _: Option<&Origin>) {}

    fn record(&mut self, _: u64, _: &Record) {}
}

/// Passes everything to both.
impl<A: Observer, B: Observer> Observer for (A, B) {
    fn begin_table(&mut self, table: &Table, origin: Option<&Origin>) {
        self.0.begin_table(table, origin);
        self.1.begin_table(table, origin);
    }

    fn record(&mut self, number: u64, record: &Record) {
        self.0.record(number, record);
        self.1.record(number, record);
    }

    fn begin_file(&mut self, path: &str) -> bool {
        let first = self.0.begin_file(path);
        self.1.begin_file(path) || first
    }

    fn content(&mut self, bytes: &[u8]) {
        self.0.content(bytes);
        self.1.content(bytes);
    }

    fn file(&mut self, file: &FileReport) {
        self.0.file(file);
        self.1.file(file);
    }

    fn restart(&mut self) {
        self.0.restart();
        self.1.restart();
    }
}

/// Passes everything on, if there is an observer.
impl<T: Observer> Observer for Option<T> {
    fn begin_table(&mut self, table: &Table, origin: Option<&Origin>) {
        if let Some(observer) = self {
            observer.begin_table(table, origin);
        }
    }

    fn record(&mut self, number: u64, record: &Record) {
        if let Some(observer) = self {
            observer.record(number, record);
        }
    }

    fn begin_file(&mut self, path: &str) -> bool {
        self.as_mut().is_some_and(|observer| observer.begin_file(path))
    }

    fn content(&mut self, bytes: &[u8]) {
        if let Some(observer) = self {
            observer.content(bytes);
        }
    }

    fn file(&mut self, file: &FileReport) {
        if let Some(observer) = self {
            observer.file(file);
        }
    }

    fn restart(&mut self) {
        if let Some(observer) = self {
            observer.restart();
        }
    }
}

/// Passes everything on.
impl<T: Observer + ?Sized> Observer for &mut T {
    fn begin_table(&mut self, table: &Table, origin: Option<&Origin>) {
        (**self).begin_table(table, origin);
    }

    fn record(&mut self, number: u64, record: &Record) {
        (**self).record(number, record);
    }

    fn begin_file(&mut self, path: &str) -> bool {
        (**self).begin_file(path)
    }

    fn content(&mut self, bytes: &[u8]) {
        (**self).content(bytes);
    }

    fn file(&mut self, file: &FileReport) {
        (**self).file(file);
    }

    fn restart(&mut self) {
        (**self).restart();
    }
}
