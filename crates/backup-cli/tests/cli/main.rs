//! The command line as a person and a script meet it: the real binary, its exit codes, its two
//! streams, its JSON, and what it leaves in a folder.

mod bench;
#[cfg(target_os = "linux")]
mod clear;
mod compared;
mod demo;
mod in_process;
mod keys;
mod marked;
#[cfg(unix)]
mod modes;
mod output;
mod quotes;
mod refusals;
mod round;
mod workbooks;

#[test]
fn no_test_file_is_forgotten() {
    let this = include_str!("main.rs");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli");
    for entry in std::fs::read_dir(folder).expect("the folder of the tests is listed") {
        let name = entry.expect("its entries are listed").file_name();
        let Some(module) = name.to_str().and_then(|name| name.strip_suffix(".rs")) else {
            continue;
        };
        let declared = module == "main" || this.contains(&format!("\nmod {module};\n"));
        assert!(declared, "{module}.rs is no module of main.rs, so its tests never run");
    }
}
