//! What was typed, for whoever repeats it: the whole command, but for how its outcome is shown.
//!
//! It is put together from what was understood, so a flag that is added stands in it by itself.

use std::ffi::{OsStr, OsString};

use backup_core::Run;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, CommandFactory};

use crate::cli::Cli;
use crate::secrets::names_a_variable;

/// How the outcome is shown, which changes nothing of it, and where it goes; and whom an archive is
/// sealed to, as no report names them.
const LEFT_OUT: [&str; 7] = ["json", "quiet", "color", "lang", "page", "metrics", "recipients"];

/// The run that these arguments ask for; `None` if they are not understood.
pub(crate) fn run(args: &[OsString]) -> Option<Run> {
    let mut command = Cli::command();
    let matches = command.try_get_matches_from_mut(args).ok()?;
    let (name, matches) = matches.subcommand()?;
    let mut arguments = vec![name.to_owned()];
    // Flags may take several values, so what has no flag comes before them.
    let mut known: Vec<&Arg> = command.find_subcommand(name)?.get_arguments().collect();
    known.sort_by_key(|arg| !arg.is_positional());
    for arg in known.into_iter().filter(|arg| !LEFT_OUT.contains(&arg.get_id().as_str())) {
        say(arg, matches, &mut arguments);
    }
    let mut run = Run::new(arguments);
    let text = |id: &str| matches.try_get_one::<String>(id).ok().flatten().cloned();
    (run.operator, run.reviewer, run.ticket) = (text("operator"), text("reviewer"), text("ticket"));
    Some(run)
}

/// The flags whose values name variables.
const VARIABLES: [&str; 2] = ["passphrase-env", "identity-env"];

/// The name of a variable, unless it may be the secret itself.
fn plainly_named(name: String) -> String {
    if names_a_variable(&name) { name } else { "NAME".into() }
}

/// Says an argument with its values, if it was typed.
fn say(arg: &Arg, matches: &ArgMatches, arguments: &mut Vec<String>) {
    let id = arg.get_id().as_str();
    let typed = matches.value_source(id) == Some(ValueSource::CommandLine);
    let Some(times) = matches.get_raw_occurrences(id).filter(|_| typed) else { return };
    let flag = match (arg.get_short(), arg.get_long()) {
        (Some(short), _) => Some(format!("-{short}")),
        (None, long) => long.map(|long| format!("--{long}")),
    };
    for values in times {
        let values = values.map(OsStr::to_string_lossy).map(Into::into);
        let values: Vec<String> = match VARIABLES.contains(&arg.get_long().unwrap_or_default()) {
            true => values.map(plainly_named).collect(),
            false => values.collect(),
        };
        let odd = |value: &String| value.len() > 1 && value.starts_with('-');
        match (&flag, values.as_slice()) {
            (None, values) => arguments.extend(values.iter().map(|value| match odd(value) {
                true => format!("./{value}"),
                false => value.clone(),
            })),
            (Some(flag), _) if !arg.get_action().takes_values() => arguments.push(flag.clone()),
            (Some(flag), [value]) if odd(value) => {
                let long = arg.get_long().map(|long| format!("--{long}"));
                arguments.push(format!("{}={value}", long.as_ref().unwrap_or(flag)));
            }
            (Some(flag), values) => {
                arguments.push(flag.clone());
                arguments.extend_from_slice(values);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(line: &str) -> Run {
        let args: Vec<OsString> = line.split(' ').map(Into::into).collect();
        run(&args).unwrap_or_else(|| panic!("{line} is not understood"))
    }

    #[test]
    fn what_decides_the_verdict_is_said_and_how_it_is_shown_is_not() {
        let line = "crm-backup --lang zh restore-test a.age ./-b.age -qi key.txt -i old.txt --json \
                    --max-age 90d --max-restore-time 4h --expect totals.csv --schema d.json \
                    --history h.jsonl --operator=-x --ticket OPS-7 --report page.html --threads 2";
        let run = typed(line);
        assert_eq!(
            run.command_line(),
            "crm-backup restore-test a.age ./-b.age --expect totals.csv --schema d.json \
             --max-age 90d --max-restore-time 4h --history h.jsonl --operator=-x --ticket OPS-7 \
             -i key.txt -i old.txt --threads 2"
        );
        let (operator, ticket) = (run.operator.as_deref(), run.ticket.as_deref());
        assert_eq!((operator, ticket), (Some("-x"), Some("OPS-7")));
        assert_eq!(run.reviewer, None);
        let again = typed(&run.command_line());
        assert_eq!(again, run, "the command that is said is another");
    }

    #[test]
    fn a_secret_in_the_place_of_a_variables_name_is_not_said() {
        let run = typed("crm-backup verify a.age --passphrase-env CRM_PASS");
        assert_eq!(run.command_line(), "crm-backup verify a.age --passphrase-env CRM_PASS");
        let run = typed("crm-backup verify a.age --passphrase-env swordfish");
        assert_eq!(run.command_line(), "crm-backup verify a.age --passphrase-env NAME");
    }

    #[test]
    fn several_values_stay_with_their_flag_and_recipients_are_not_named() {
        let run =
            typed("crm-backup restore-test --against x y --require-equal --no-keys -p -- a.age");
        let said = "crm-backup restore-test a.age --against x y --require-equal --no-keys -p";
        assert_eq!(run.command_line(), said);
        let run =
            typed("crm-backup export src -o a.age -r age1someone -R team.txt --encoding big5");
        assert_eq!(
            run.command_line(),
            "crm-backup export src -o a.age --encoding big5 -R team.txt"
        );
    }
}
