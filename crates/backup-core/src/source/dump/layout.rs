//! Which values of a statement belong to which columns of a table.

use super::errors::refused;
use super::table::DumpTable;
use crate::error::Result;
use crate::i18n::message;
use crate::record::Record;
use crate::source::sql_types::SqlType;

/// The order of the values of a statement.
pub(super) struct Layout {
    /// The type of each value, and whether its column is generated.
    values: Vec<(SqlType, bool)>,
    /// For each stored column, the position of its value; `None` if all values are stored in order.
    places: Option<Vec<Option<usize>>>,
}

impl Layout {
    /// The layout of a statement with these columns; `None` if it lists none. `stored` says which
    /// columns of the table are stored.
    pub(super) fn new(
        table: &DumpTable,
        listed: Option<&[String]>,
        omits_generated: bool,
        stored: &[bool],
    ) -> Result<Self> {
        let columns: Vec<usize> = match listed {
            Some(names) => {
                let place = |name: &String| {
                    let unknown = || refused(message!("dump-unknown-column", column = &**name));
                    table.place(name).ok_or_else(unknown)
                };
                names.iter().map(place).collect::<Result<_>>()?
            }
            None => {
                let all = 0..table.columns.len();
                all.filter(|at| !(omits_generated && table.columns[*at].is_generated)).collect()
            }
        };
        let mut places = vec![None; table.columns.len()];
        for (position, at) in columns.iter().enumerate() {
            if places[*at].replace(position).is_some() {
                return Err(refused(message!("dump-column-twice")));
            }
        }
        let values = columns.iter().map(|at| {
            let column = &table.columns[*at];
            (column.kind, column.is_generated)
        });
        let values: Vec<_> = values.collect();
        let places: Vec<_> =
            places.into_iter().zip(stored).filter(|(_, is)| **is).map(|(place, _)| place).collect();
        let is_plain = places.len() == values.len()
            && (0..).zip(&places).all(|(at, place)| *place == Some(at));
        Ok(Self { values, places: (!is_plain).then_some(places) })
    }

    /// The type of the value at `position`.
    pub(super) fn kind(&self, position: usize) -> Result<SqlType> {
        match self.values.get(position) {
            Some((kind, _)) => Ok(*kind),
            None => self.check(position + 1).map(|()| SqlType::Text),
        }
    }

    pub(super) fn is_generated(&self, position: usize) -> bool {
        self.values.get(position).is_some_and(|(_, is_generated)| *is_generated)
    }

    /// Returns an error if a record has another number of values.
    pub(super) fn check(&self, count: usize) -> Result<()> {
        let expected = self.values.len();
        if count == expected {
            return Ok(());
        }
        // The rest of the values is not read.
        let why = match count < expected {
            true => message!("dump-few-values", count = count, expected = expected),
            false => message!("dump-many-values", expected = expected),
        };
        Err(refused(why))
    }

    /// Whether a stored column has no value, and becomes null.
    pub(super) fn omits(&self) -> bool {
        self.places.as_ref().is_some_and(|places| places.contains(&None))
    }

    /// Puts the values into the order of the columns.
    pub(super) fn arrange(&self, values: &mut Record, record: &mut Record) {
        let Some(places) = &self.places else {
            std::mem::swap(values, record);
            return;
        };
        record.clear();
        for place in places {
            match place.and_then(|position| values.get(position)) {
                Some(cell) => record.push(cell),
                None => record.push_null(),
            }
        }
    }
}
