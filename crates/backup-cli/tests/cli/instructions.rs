//! The cost of a command for each table, counted in instructions. The count is the same on a busy
//! machine, and it includes the work of SQLite.

use std::process::Command;

use crate::workspace::Workspace;

/// The limit for the growth of the instruction count when the tables double: two, and some
/// variation.
const DOUBLED: f64 = 2.2;

/// How many instructions a command executes, as valgrind counts them.
fn instructions(workspace: &Workspace, args: &[&str]) -> f64 {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    command.arg(env!("CARGO_BIN_EXE_crm-backup")).args(args).args(["-q", "--threads", "1"]);
    let output = command.current_dir(workspace.path("")).output().expect("valgrind runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {stderr}", args.join(" "));
    let counted = stderr.lines().find_map(|line| line.split_once("Collected : "));
    let counted = counted.and_then(|(_, number)| number.trim().parse().ok());
    counted.unwrap_or_else(|| panic!("the count of valgrind is missing: {stderr}"))
}

pub(crate) fn grow_with_the_number_of_tables() {
    let workspace = Workspace::new();
    let public = workspace.public.as_str();
    let sizes = [125, 250, 500, 1000];
    for tables in sizes {
        for table in 0..tables {
            workspace.write(&format!("src{tables}/t{table}.csv"), format!("id,name\n{table},x\n"));
        }
    }
    let mut counted = vec![Vec::new(); 6];
    for tables in sizes {
        let (source, archive) = (format!("src{tables}"), format!("{tables}.tar.zst.age"));
        let (folder, database) = (format!("out{tables}"), format!("out{tables}.sqlite"));
        let key = [archive.as_str(), "-i", "key.txt"];
        let on = |command: &'static str| [&[command], &key[..]].concat();
        let commands = [
            vec!["export", &source, "-o", &archive, "-r", public],
            on("inspect"),
            on("verify"),
            on("restore-test"),
            [on("restore"), vec!["-o", &folder]].concat(),
            [on("restore"), vec!["-o", &database]].concat(),
        ];
        let run = |args: &Vec<_>| instructions(&workspace, args);
        let [export, reading @ ..] = &commands;
        let mut all = vec![run(export)];
        // Two at a time: instructions are counted for each process.
        let (first, second) = reading.split_at(3);
        std::thread::scope(|scope| {
            let second = scope.spawn(|| second.iter().map(run).collect::<Vec<_>>());
            all.extend(first.iter().map(run));
            all.extend(second.join().expect("the commands run"));
        });
        for (counts, count) in counted.iter_mut().zip(all) {
            counts.push(count);
        }
    }
    let names = ["export", "inspect", "verify", "restore-test", "restore", "restore, SQLite"];
    for (name, counts) in names.into_iter().zip(counted) {
        crm_backup_tests::tried!("{name}, {sizes:?} tables: {counts:?} instructions");
        for pair in counts.windows(2) {
            let grown = pair[1] / pair[0];
            assert!(grown < DOUBLED, "{name}: twice as many tables cost {grown:.2} times");
        }
    }
}
