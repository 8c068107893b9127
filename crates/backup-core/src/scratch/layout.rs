//! How the cells of a table are stored in the typed columns of a server.
//!
//! A column of an archive may have cells of several kinds. It becomes one column of the server for
//! each kind that occurs in it, and at most one of these is not null. So every cell is stored as a
//! value of a natural type. What no type can hold is stored beside the table: text that is not
//! UTF-8; for PostgreSQL, text with a NUL; for MySQL, reals that are not finite, and negative zero.

use std::ops::Range;

use crate::model::ColumnCounts;
use crate::record::{Cell, Record};

/// The kind of the values of a column of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ValueKind {
    Integer,
    Real,
    Text,
    Blob,
}

impl ValueKind {
    pub(super) const ALL: [Self; 4] = [Self::Integer, Self::Real, Self::Text, Self::Blob];

    /// The number of values of this kind.
    fn in_counts(self, counts: &ColumnCounts) -> u64 {
        match self {
            Self::Integer => counts.integers,
            Self::Real => counts.reals,
            Self::Text => counts.texts,
            Self::Blob => counts.blobs,
        }
    }

    /// Adds values of this kind, with the bytes of all and of the longest.
    pub(super) fn count(self, counts: &mut ColumnCounts, values: u64, bytes: u64, longest: u64) {
        match self {
            Self::Integer => counts.integers += values,
            Self::Real => counts.reals += values,
            Self::Text => counts.texts += values,
            Self::Blob => counts.blobs += values,
        }
        counts.bytes += bytes;
        counts.longest = counts.longest.max(longest);
    }

    /// Whether the bytes of its values are counted.
    pub(super) fn has_length(self) -> bool {
        matches!(self, Self::Text | Self::Blob)
    }
}

/// A column of the server.
#[derive(Debug, Clone, Copy)]
pub(super) struct ServerColumn {
    /// The position of the column in the archive's table.
    pub(super) position: usize,
    pub(super) kind: ValueKind,
    /// Whether no record has a value there.
    #[cfg_attr(not(feature = "postgres"), allow(dead_code))]
    pub(super) is_empty: bool,
}

/// The columns of a table on the server. A table that is wider than the server allows is split into
/// pieces.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) columns: Vec<ServerColumn>,
    pub(super) pieces: Vec<Range<usize>>,
    /// The number of columns of the archive's table.
    pub(super) width: usize,
}

impl Layout {
    /// The layout for a table with these counts; without counts, every kind may occur. A piece has
    /// at most `widest` columns. A column without values is one of text, if it is `kept`, and
    /// otherwise none.
    pub(super) fn new(
        width: usize,
        counts: Option<&[ColumnCounts]>,
        widest: usize,
        kept: bool,
    ) -> Self {
        let counts = counts.filter(|counts| counts.len() == width);
        let mut columns = Vec::new();
        for position in 0..width {
            let occurs =
                |kind: &ValueKind| counts.is_none_or(|it| kind.in_counts(&it[position]) > 0);
            let kinds = ValueKind::ALL.into_iter().filter(occurs);
            let before = columns.len();
            columns.extend(kinds.map(|kind| ServerColumn { position, kind, is_empty: false }));
            if columns.len() == before && kept {
                columns.push(ServerColumn { position, kind: ValueKind::Text, is_empty: true });
            }
        }
        let starts = (0..columns.len().max(1)).step_by(widest);
        let pieces = starts.map(|start| start..(start + widest).min(columns.len())).collect();
        Self { columns, pieces, width }
    }

    /// Whether each column of the archive's table is one column of the server.
    pub(super) fn is_plain(&self) -> bool {
        let mut columns = self.columns.iter().enumerate();
        self.columns.len() == self.width && columns.all(|(at, column)| column.position == at)
    }

    /// Puts values, one for each column of the server, into the order of the archive's table.
    pub(super) fn assemble(&self, values: &[Cell<'_>], record: &mut Record) {
        record.clear();
        let mut at = 0;
        for position in 0..self.width {
            let mut cell = Cell::Null;
            while self.columns.get(at).is_some_and(|column| column.position == position) {
                if !matches!(values[at], Cell::Null) {
                    cell = values[at];
                }
                at += 1;
            }
            record.push(cell);
        }
    }
}
