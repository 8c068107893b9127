//! Faults under the real binary: it is killed, interrupted, its disk is full, and each of its system
//! calls fails once. A run reports its failure or completes; a file with its final name is complete and
//! verified, or absent; and a clean run afterwards succeeds.

#![cfg(target_os = "linux")]

mod disk_full;
mod injected;
mod interrupts;
mod kills;
mod other_files;
mod temporary;
mod test_folder;
mod unsupported;
#[path = "../cli/workspace.rs"]
#[allow(dead_code, reason = "it has more than is needed here")]
mod workspace;

#[test]
fn no_test_file_is_forgotten() {
    let this = include_str!("main.rs");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults");
    for name in test_folder::names_in(folder.as_ref()) {
        let Some(module) = name.strip_suffix(".rs").filter(|module| *module != "main") else {
            continue;
        };
        let declared = this.contains(&format!("\nmod {module};\n"));
        assert!(declared, "{module}.rs is not a module of main.rs, so its tests never run");
    }
}

// `tests/run` finds out which of these the machine supports.

#[test]
#[ignore = "calls can be made to fail where the kernel and the sandbox allow it"]
fn calls_of_an_export_fail() {
    injected::an_export();
}

#[test]
#[ignore = "calls can be made to fail where the kernel and the sandbox allow it"]
fn calls_of_an_export_of_a_database_fail() {
    injected::an_export_of_a_database();
}

#[test]
#[ignore = "calls can be made to fail where the kernel and the sandbox allow it"]
fn calls_of_an_export_of_a_workbook_and_a_zip_fail() {
    injected::an_export_of_a_workbook_and_a_zip();
}

#[test]
#[ignore = "calls can be made to fail where the kernel and the sandbox allow it"]
fn calls_of_verify_and_restore_test_fail() {
    injected::verify_and_restore_test();
}

#[test]
#[ignore = "calls can be made to fail where the kernel and the sandbox allow it"]
fn calls_of_writing_an_html_report_fail() {
    injected::an_html_report();
}

#[test]
#[ignore = "calls can be made to fail where the kernel and the sandbox allow it"]
fn calls_of_a_recorded_restore_test_fail() {
    injected::a_recorded_restore_test();
}

#[test]
#[ignore = "calls can be made to fail where the kernel and the sandbox allow it"]
fn calls_of_a_restore_into_a_folder_fail() {
    injected::a_restore_into_a_folder();
}

#[test]
#[ignore = "calls can be made to fail where the kernel and the sandbox allow it"]
fn calls_of_a_restore_into_a_database_fail() {
    injected::a_restore_into_a_database();
}

#[test]
#[ignore = "calls can be made to fail where the kernel and the sandbox allow it"]
fn calls_of_making_a_key_fail() {
    injected::making_a_key();
}

#[test]
#[ignore = "calls can be made to fail where the kernel and the sandbox allow it"]
fn calls_that_a_file_system_lacks_have_fallbacks() {
    unsupported::calls();
}

#[test]
#[ignore = "calls can be made to fail where the kernel and the sandbox allow it"]
fn calls_that_start_threads_fail() {
    injected::starting_threads();
}

#[test]
#[ignore = "a small disk can be made where a process may have mounts of its own"]
fn room_on_the_disk_runs_out() {
    disk_full::the_disk_is_full();
}
