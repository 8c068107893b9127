//! The time of a record, the people, the ticket, and how much an export may shrink.

use std::time::SystemTime;

/// What the caller adds to the line of a run in a history, and how much an export may shrink.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Occasion {
    /// The current time. By default, the time of the system clock.
    pub now: Option<SystemTime>,
    /// Who ran it.
    pub operator: Option<String>,
    /// Who reviewed the result.
    pub reviewer: Option<String>,
    /// The ticket of the run.
    pub ticket: Option<String>,
    /// The share of the last export's records that an export must have, in percent; 50 by default.
    pub shrink_limit: Option<u8>,
    /// Whether an export may have less.
    pub allow_shrink: bool,
}

impl Occasion {
    /// Sets the current time.
    pub fn now(mut self, now: SystemTime) -> Self {
        self.now = Some(now);
        self
    }

    /// Sets who ran it.
    pub fn operator(mut self, name: impl Into<String>) -> Self {
        self.operator = Some(name.into());
        self
    }

    /// Sets who reviewed the result.
    pub fn reviewer(mut self, name: impl Into<String>) -> Self {
        self.reviewer = Some(name.into());
        self
    }

    /// Sets the ticket of the run.
    pub fn ticket(mut self, ticket: impl Into<String>) -> Self {
        self.ticket = Some(ticket.into());
        self
    }

    /// Sets the share that an export must have of the last export's records in each table, of its
    /// files, and of the values in each column, in percent. If it has less, this is a note, and the
    /// next export is compared with the same one again.
    pub fn shrink_limit(mut self, percent: u8) -> Self {
        self.shrink_limit = Some(percent);
        self
    }

    /// Sets whether an export may have less. Then this is recorded without a note, and the next
    /// export is compared with this one.
    pub fn allow_shrink(mut self, allow: bool) -> Self {
        self.allow_shrink = allow;
        self
    }
}
