//! The measurements, as tables in Markdown.

use std::fmt::Write as _;

use super::process::Measurement;

/// All measurements of one step.
#[derive(Debug, Default)]
pub(super) struct Runs(pub(super) Vec<Measurement>);

impl Runs {
    /// The median of the seconds of the runs.
    pub(super) fn seconds(&self) -> Option<f64> {
        median(self.0.iter().map(|measurement| measurement.seconds).collect())
    }

    pub(super) fn peak_bytes(&self) -> Option<u64> {
        self.0.iter().map(|measurement| measurement.peak_bytes).max()
    }

    pub(super) fn read_bytes(&self) -> Option<u64> {
        self.0.iter().map(|measurement| measurement.read_bytes).max()
    }
}

fn median(mut numbers: Vec<f64>) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    let middle = numbers.len() / 2;
    let upper = *numbers.get(middle)?;
    Some(if numbers.len() % 2 == 1 { upper } else { (numbers[middle - 1] + upper) / 2.0 })
}

/// The goals, and whether they are met.
#[derive(Debug, Default)]
pub(super) struct Goals(String);

impl Goals {
    /// A number that must not exceed another one; if it was not measured, the reason.
    pub(super) fn row(&mut self, what: &str, most: f64, unit: &str, value: Option<f64>, why: &str) {
        let digits = if unit == "times" { 2 } else { 1 };
        let (measured, met) = match value {
            Some(value) if value <= most => (format!("{value:.digits$} {unit}"), "yes"),
            Some(value) => (format!("{value:.digits$} {unit}"), "**no**"),
            None => (format!("not measured: {why}"), "–"),
        };
        // Writing to a string does not fail.
        let _ = writeln!(self.0, "| {what} | {most} {unit} | {measured} | {met} |");
    }

    pub(super) fn print(&self) {
        println!("| | at most | measured | met |\n| --- | --- | --- | --- |\n{}", self.0);
    }
}

/// Prints the seconds of every step.
pub(super) fn print_steps<'a>(steps: impl IntoIterator<Item = (&'a str, &'a Runs)>) {
    println!("| step | runs | seconds: median | least | most | CPU seconds | peak memory |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for (what, runs) in steps {
        let Some(middle) = runs.seconds() else { continue };
        let all = || runs.0.iter().map(|measurement| measurement.seconds);
        let cpu = median(runs.0.iter().map(|measurement| measurement.cpu_seconds).collect())
            .unwrap_or(0.0);
        println!(
            "| {what} | {} | {middle:.2} | {:.2} | {:.2} | {cpu:.2} | {} |",
            runs.0.len(),
            all().fold(f64::INFINITY, f64::min),
            all().fold(0.0, f64::max),
            // For a pipeline of a shell, it would only be that of the shell.
            match runs.peak_bytes() {
                Some(peak) if !what.starts_with("stock") => format!("{:.0} MiB", mib(peak)),
                _ => "–".into(),
            },
        );
    }
    println!();
}

pub(super) fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
