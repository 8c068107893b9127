//! The command line as people and scripts use it: the real binary, its exit codes, its two streams,
//! its JSON, and the files it leaves in a folder.

mod chinese;
mod compared;
mod completeness;
mod demo;
mod drills;
mod empty;
#[cfg(unix)]
mod file_modes;
mod foreign;
mod foreign_csv;
mod full_cycle;
mod hints;
mod html_report;
mod in_process;
mod instructions;
mod keys;
mod marked;
mod output;
mod own_files;
#[cfg(unix)]
mod pipes;
#[cfg(target_os = "linux")]
mod plaintext;
mod quoted_cells;
mod recording;
mod refusals;
mod restored;
mod salvage;
mod schema;
mod single_faults;
#[cfg(unix)]
mod streams;
mod usage;
mod workbooks;
mod workspace;

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
        assert!(declared, "{module}.rs is not a module of main.rs, so its tests never run");
    }
}

#[test]
#[ignore = "compares with Python's jsonschema; tests/run runs it"]
fn jsonschema_accepts_valid_documents_only() {
    schema::ask_python();
}

#[test]
#[ignore = "counts instructions with valgrind; tests/run runs it"]
fn callgrind_instructions_grow_linearly_with_tables() {
    instructions::grow_with_the_number_of_tables();
}

#[cfg(unix)]
#[test]
#[ignore = "runs stock age, zstd, tar and sha256sum; tests/run runs it"]
fn stock_tools_run_the_commands_of_the_html_report() {
    html_report::run_commands_of_report();
}
