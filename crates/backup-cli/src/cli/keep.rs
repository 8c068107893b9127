//! What a drill is held to, and what is kept of a run.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

/// What a drill is held to.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits to hold")]
pub(crate) struct LimitArgs {
    /// How old the archive may be, such as 90d or 12h; an older one fails
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) max_age: Option<Duration>,
    /// How long restoring it may take, such as 4h or 30m; what takes longer fails
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) max_restore_time: Option<Duration>,
}

/// What is kept of a run.
#[derive(Debug, Args)]
#[command(next_help_heading = "What is kept of it")]
pub(crate) struct KeepArgs {
    /// Add a line to this history, once all of its lines were checked
    #[arg(long, value_name = "FILE")]
    pub(crate) history: Option<PathBuf>,
    /// Who runs it, for the history
    #[arg(long, value_name = "NAME", requires = "history")]
    pub(crate) operator: Option<String>,
    /// Who looks at what comes of it, for the history
    #[arg(long, value_name = "NAME", requires = "history")]
    pub(crate) reviewer: Option<String>,
    /// The ticket that it belongs to, for the history
    #[arg(long, value_name = "TICKET", requires = "history")]
    pub(crate) ticket: Option<String>,
    /// Write what a monitoring system is told, in the text format of Prometheus
    #[arg(long, value_name = "FILE")]
    pub(crate) metrics: Option<PathBuf>,
}

/// Check a history and show what it comes to
///
/// Checks that the lines of a history follow from each other, and shows the drills, the longest time
/// between two that were proven, how long restoring took, and which key opened what.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  crm-backup history history.jsonl")]
pub(crate) struct HistoryArgs {
    /// The file that --history named
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

/// A time, such as 90d, 12h, 30m or 45s.
fn duration(text: &str) -> Result<Duration, String> {
    let say = || "say a number and a unit, such as 90d, 12h, 30m or 45s".to_owned();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let scale: u64 = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return Err(say()),
    };
    let number: u64 = number.parse().map_err(|_| say())?;
    let seconds = number.checked_mul(scale).ok_or("that is too long")?;
    Ok(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_their_units() {
        let times = [("90d", 7_776_000), ("12h", 43_200), ("30m", 1800), ("45s", 45), ("0s", 0)];
        for (text, seconds) in times {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "90", "d", "-1d", "1.5h", "1d2h", "1 d", "1D", "999999999999999999d"] {
            assert!(duration(text).is_err(), "{text:?} was taken for a time");
        }
    }
}
