//! Writes what fuzzing begins with: a folder for each target, a file for each seed. Prints a line
//! for each target: its name, how long its inputs may be, and how many MiB of memory it may take
//! for such a one.
//!
//! usage: fuzz-seeds FOLDER

use std::fs;
use std::path::Path;

use crm_backup_tests::fuzzing::TARGETS;

fn main() {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let [folder] = &arguments[..] else { panic!("usage: fuzz-seeds FOLDER") };
    for target in TARGETS {
        let longest = target.input_bytes;
        println!("{} {longest} {}", target.name, target.memory_for(longest) >> 20);
        let folder = Path::new(folder).join(target.name);
        fs::create_dir_all(&folder).expect("a folder for the seeds");
        for (name, bytes) in (target.seeds)() {
            fs::write(folder.join(name), bytes).expect("a seed is written");
        }
    }
}
