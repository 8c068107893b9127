//! Fuzzing without a fuzzer: each target runs over its seeds and over every input that ever broke
//! it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crm_backup_tests::counting::Counting;
use crm_backup_tests::fuzzing::{Seed, TARGETS, run};
use crm_backup_tests::own_process::alone;
use crm_backup_tests::{files_below, names_in};

#[global_allocator]
static MEMORY: Counting = Counting::new();

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("fuzz")
}

/// The inputs that once broke this target.
fn found(target: &str) -> Vec<Seed> {
    let folder = fuzz().join("found").join(target);
    let files = if folder.is_dir() { files_below(&folder) } else { Vec::new() };
    let read = |path: PathBuf| {
        let bytes = fs::read(&path).expect("an input is read");
        (path.display().to_string(), bytes)
    };
    files.into_iter().map(read).collect()
}

#[test]
fn fuzz_targets_pass_on_all_seeds_and_past_findings() {
    alone("fuzz_targets_pass_on_all_seeds_and_past_findings", run_every_target);
}

fn run_every_target() {
    for target in TARGETS {
        let (seeds, found) = ((target.seeds)(), found(target.name));
        assert!(!seeds.is_empty(), "{}: there are no seeds", target.name);
        crm_backup_tests::tried!(
            "{}: {} seeds, {} inputs found by fuzzing",
            target.name,
            seeds.len(),
            found.len()
        );
        for (name, bytes) in seeds.iter().chain(&found) {
            println!("{}: {name}", target.name);
            let (length, longest) = (bytes.len(), target.input_bytes);
            assert!(length <= longest, "{}: {name} has {length} bytes", target.name);
            let before = MEMORY.reset_peak();
            run(&target, bytes);
            let taken = MEMORY.peak() - before;
            let most = target.memory_for(bytes.len());
            assert!(taken <= most, "{}: {name}: {taken} bytes of memory are used", target.name);
        }
    }
}

#[test]
fn every_target_has_a_program_and_every_input_a_target() {
    let targets: BTreeSet<_> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    let programs: BTreeSet<_> = names_in(&fuzz().join("fuzz_targets"))
        .into_iter()
        .map(|name| name.trim_end_matches(".rs").to_owned())
        .collect();
    assert_eq!(programs, targets, "the programs of fuzz/ and the targets differ");
    let package = fs::read_to_string(fuzz().join("Cargo.toml")).expect("the package is read");
    for target in &targets {
        let built = package.contains(&format!("name = \"{target}\"\n"));
        assert!(built, "{target} is not built: it is not in fuzz/Cargo.toml");
        let text = fs::read_to_string(fuzz().join(format!("fuzz_targets/{target}.rs")));
        let own = text.expect("a program is read").contains(&format!("(\"{target}\")"));
        assert!(own, "the program {target} runs another target");
    }
    let found = fuzz().join("found");
    if found.is_dir() {
        let unknown: Vec<_> =
            names_in(&found).into_iter().filter(|name| !targets.contains(name)).collect();
        assert!(unknown.is_empty(), "inputs of unknown targets are kept: {unknown:?}");
    }
}
