//! The same steps with stock tools, as a careful person would type them.

use std::process::Command;

/// The required programs.
pub(super) const TOOLS: [&str; 4] = ["age", "zstd", "tar", "sha256sum"];

/// Those of these programs that are not installed.
pub(super) fn missing(tools: &[&'static str]) -> Vec<&'static str> {
    let installed = |tool: &str| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join(tool).is_file())
    };
    tools.iter().copied().filter(|tool| !installed(tool)).collect()
}

/// A script in the folder of a run, which holds `data/` and `key.txt`.
pub(super) fn shell(script: &str, recipient: &str, threads: u64) -> Command {
    let mut command = Command::new("bash");
    command.args(["-euo", "pipefail", "-c", script]);
    command.env("RECIPIENT", recipient).env("THREADS", threads.to_string());
    command
}

pub(super) const EXPORT: &str = r#"
cd data
sha256sum *.csv >../stock.sha256
tar c *.csv | zstd -q -T"$THREADS" -3 | age -r "$RECIPIENT" >../stock.tar.zst.age
"#;

pub(super) const VERIFY: &str = r#"
mkdir unpacked
age -d -i key.txt stock.tar.zst.age | zstd -dc | tar x -C unpacked
cd unpacked
sha256sum -c --quiet ../stock.sha256
"#;

/// What follows [`VERIFY`] in a restore test.
pub(super) const IMPORT: &str = r#"
for file in *.csv; do
    sqlite3 ../stock.sqlite ".import --csv $file ${file%.csv}" \
        "SELECT count(*) FROM ${file%.csv}" >/dev/null
done
"#;

pub(super) const ONE_TABLE: &str = r#"
mkdir unpacked
age -d -i key.txt stock.tar.zst.age | zstd -dc | tar x -C unpacked contacts.csv
"#;

pub(super) const LIST: &str = "age -d -i key.txt stock.tar.zst.age | zstd -dc | tar tv";
