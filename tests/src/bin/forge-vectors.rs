//! Writes the forged archives under `tests/vectors` that are missing or differ.
//!
//! age encrypts differently each time, so a file that would only be encrypted again is kept.
//!
//! usage: forge-vectors

use std::fs;

use crm_backup_tests::forge::{List, StoredVector, folder};

fn main() {
    let folder = folder();
    let mut stored: Vec<_> = crm_backup_tests::names_in(&folder);
    stored.retain(|name| name.ends_with(".vector"));
    let (mut written, mut all) = (0, 0);
    for (vector, again) in List::all().into_iter().zip(List::all()) {
        let path = folder.join(format!("{}.vector", vector.name));
        stored
            .retain(|name| Some(name.as_str()) != path.file_name().and_then(|name| name.to_str()));
        all += 1;
        let head = vector.head();
        let same = fs::read(&path).is_ok_and(|bytes| {
            let stored = StoredVector::parse(&bytes);
            stored.text == head && vector.plain().is_none_or(|plain| stored.plain() == plain)
        });
        if !same {
            fs::write(&path, again.file()).expect("the vector is written");
            written += 1;
        }
    }
    for name in &stored {
        fs::remove_file(folder.join(name)).expect("an unlisted file is removed");
    }
    println!("{all} vectors, {written} written, {} removed", stored.len());
}
