//! Sources and archives that go to another thread.

use std::fs;
use std::thread;

use backup_core::archive::{KeyPair, Writer, WriterOptions};
use backup_core::source::csv::{CsvOptions, CsvSource};
use backup_core::source::{DiscoverOptions, Discovered, Source, discover};
use backup_core::{ExportOptions, Verdict, export};

#[test]
fn discovered_sources_are_exported_by_another_thread() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("a.csv"), "id,name\n1,x\n").expect("a file is written");
    fs::write(folder.path().join("b.txt"), "text").expect("a file is written");
    let paths = [folder.path().join("a.csv"), folder.path().join("b.txt")];
    let found = discover(&paths, &DiscoverOptions::default()).expect("there is something");
    let archive = folder.path().join("crm.tar.zst.age");
    let worker = thread::spawn(move || {
        let recipient = KeyPair::generate().recipient().parse().expect("a recipient");
        export(found, &[recipient], &archive, &ExportOptions::default(), &())
    });
    let report = worker.join().expect("the thread ends").expect("it is exported");
    assert_eq!(report.verdict(), Some(Verdict::Proven));
}

#[test]
fn sources_are_sent_one_by_one() {
    let csv = |text: &'static str| -> Box<dyn Source + Send> {
        Box::new(CsvSource::from_reader(Box::new(text.as_bytes()), "in.csv", CsvOptions::default()))
    };
    let sources: Vec<Box<dyn Source + Send>> = vec![csv("a,b\n1,2\n"), csv("c,d\n3,4\n")];
    let mut found = Discovered::default();
    for source in sources {
        let source = thread::spawn(move || source).join().expect("the thread ends");
        found.sources.push(source);
    }
    let report = backup_core::dry_run(found, &()).expect("both are read");
    assert_eq!(report.contents().tables.len(), 2);
}

#[test]
fn public_types_can_be_sent_to_other_threads() {
    fn is_send<T: Send>() {}
    fn is_send_and_sync<T: Send + Sync>() {}
    is_send::<Discovered>();
    is_send::<Box<dyn Source + Send>>();
    is_send::<Writer<Vec<u8>>>();
    is_send_and_sync::<WriterOptions>();
    is_send_and_sync::<DiscoverOptions>();
    is_send_and_sync::<backup_core::Error>();
}
