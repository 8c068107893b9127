//! The time of a record, the people, and the ticket.

use std::time::SystemTime;

/// What the caller adds to the line of a run in a history: the time, the people, and the ticket.
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
}
