//! The arguments that repeat the checks of a run.

/// Options with a value that belong to one run: what it records and writes, and how it is shown.
const WITH_VALUE: [&str; 8] = [
    "--history",
    "--operator",
    "--reviewer",
    "--ticket",
    "--report",
    "--metrics",
    "--lang",
    "--color",
];

/// Such options without a value.
const WITHOUT_VALUE: [&str; 3] = ["--json", "--quiet", "-q"];

/// Leaves out the options that belong to one run.
pub(super) fn repeated(arguments: &[String]) -> Vec<String> {
    let mut repeated = Vec::new();
    let mut is_value = false;
    for argument in arguments {
        let option = argument.split_once('=').map_or(argument.as_str(), |(option, _)| option);
        if std::mem::take(&mut is_value) || WITHOUT_VALUE.contains(&option) {
            continue;
        }
        match WITH_VALUE.contains(&option) {
            true => is_value = option == argument,
            false => repeated.push(argument.clone()),
        }
    }
    repeated
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_repeated_run_has_no_options_that_record_it() {
        let arguments = "restore-test a.age --history h.jsonl --operator=-x --max-age 9d --report \
            page.html --metrics=m.prom -q --reviewer Osei --ticket OPS-7 -i key.txt";
        let arguments: Vec<_> = arguments.split_whitespace().map(str::to_owned).collect();
        let repeated = super::repeated(&arguments).join(" ");
        assert_eq!(repeated, "restore-test a.age --max-age 9d -i key.txt");
    }
}
