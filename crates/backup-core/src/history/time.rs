//! The format of times in a history: RFC 3339, UTC, whole seconds.

use std::time::SystemTime;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

/// Formats a time: `2026-01-01T00:00:00Z`. A time that cannot be represented becomes the first
/// second of 1970.
pub(super) fn text(time: SystemTime) -> String {
    let seconds = Timestamp::try_from(time).map_or(0, Timestamp::as_second);
    Timestamp::from_second(seconds).unwrap_or_default().to_string()
}

pub(super) fn serialize<S: Serializer>(time: &SystemTime, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&text(*time))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<SystemTime, D::Error> {
    let time: Timestamp = String::deserialize(from)?.parse().map_err(D::Error::custom)?;
    Ok(time.into())
}
