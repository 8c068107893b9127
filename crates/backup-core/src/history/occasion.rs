//! When a run was recorded, and by whom.

use std::time::SystemTime;

/// When a run is recorded, and the people and the ticket that belong to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Occasion {
    /// The current time; that of the system's clock by default.
    pub now: Option<SystemTime>,
    /// Who ran it.
    pub operator: Option<String>,
    /// Who reviewed the result.
    pub reviewer: Option<String>,
    /// The ticket it belongs to.
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

    /// Sets the ticket it belongs to.
    pub fn ticket(mut self, ticket: impl Into<String>) -> Self {
        self.ticket = Some(ticket.into());
        self
    }
}
