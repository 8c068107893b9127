//! Looks at a table's records while they are read back from the database: gathers keys, and samples
//! of all other columns.

use std::sync::Arc;

use super::ids::{Hashing, Id, Ids, Spill, holding, text_of};
use super::plan::TablePlan;
use super::sample::{Sample, lot};
use super::types::{Fits, Kind};
use super::values::{is_sentinel, reference_stem};
use crate::error::{Error, Result};
use crate::record::{Cell, Record};

/// How ids are gathered: what all tables share.
pub(super) struct Gathering {
    pub(super) hashing: Hashing,
    pub(super) spill: Arc<Spill>,
    /// How many ids of a key are held in memory.
    pub(super) most: usize,
    /// How many columns of all tables there are.
    pub(super) columns: usize,
    /// How many threads sort and look up.
    pub(super) threads: usize,
}

/// What is gathered of one table.
pub(crate) struct TableWatch {
    pub(super) keys: Vec<KeyWatch>,
    /// One for each column, unless nothing is to be found out about it.
    pub(super) samples: Vec<Option<Sample>>,
    /// One for each field that the plan has.
    pub(super) fields: Vec<FieldWatch>,
    /// Whether anything is gathered.
    on: bool,
    missing: Vec<String>,
    /// Why no more is gathered: the records are read all the same.
    pub(super) failed: Option<Error>,
    hashing: Hashing,
    buffer: Buffers,
}

/// What is gathered of one key.
pub(super) struct KeyWatch {
    columns: Vec<usize>,
    pub(super) ids: Ids,
    pub(super) records: u64,
    /// Records where a cell of the key is null or empty.
    pub(super) missing: u64,
}

/// What came of the values of one column.
pub(super) struct FieldWatch {
    column: usize,
    kind: Kind,
    /// Values that are there.
    pub(super) values: u64,
    /// Those that cannot be read as what they have to be, and the first record that has one.
    pub(super) odd: Numbered,
    /// Records that have no value.
    pub(super) missing: Numbered,
}

/// A count of records, and the first of them, counted from 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Numbered {
    pub(super) count: u64,
    pub(super) first: u64,
}

impl Numbered {
    fn add(&mut self, record: u64) {
        if self.count == 0 {
            self.first = record;
        }
        self.count += 1;
    }
}

impl TableWatch {
    pub(super) fn new(plan: &TablePlan, gathering: &Gathering) -> Self {
        let Gathering { hashing, spill, most, columns, .. } = gathering;
        let keys = plan.keys.iter().map(|key| KeyWatch {
            columns: key.columns.clone(),
            ids: holding(*most, 1, spill),
            records: 0,
            missing: 0,
        });
        let known = |column: &usize| {
            let refers = plan.references.iter().any(|reference| reference.columns == [*column]);
            // What is only to be unique may refer to something all the same.
            let keys = plan.keys.iter().enumerate();
            let mut keys = keys.filter(|(at, it)| it.known.is_some() || !plan.unique.contains(at));
            refers || keys.any(|(_, key)| key.columns == [*column])
        };
        let sample = |(column, label): (usize, &String)| {
            let named = reference_stem(label).is_some();
            (!known(&column)).then(|| Sample::new(*columns, named, true))
        };
        let fields = plan.fields.iter().map(|field| FieldWatch {
            column: field.column,
            kind: field.kind.clone(),
            values: 0,
            odd: Numbered::default(),
            missing: Numbered::default(),
        });
        Self {
            fields: fields.collect(),
            keys: keys.collect(),
            samples: plan.labels.iter().enumerate().map(sample).collect(),
            on: true,
            missing: plan.missing.clone(),
            failed: None,
            hashing: hashing.clone(),
            buffer: Buffers::default(),
        }
    }

    /// Gathers nothing.
    pub(crate) fn nothing() -> Self {
        Self {
            keys: Vec::new(),
            samples: Vec::new(),
            fields: Vec::new(),
            on: false,
            missing: Vec::new(),
            failed: None,
            hashing: Hashing::new(),
            buffer: Buffers::default(),
        }
    }

    /// Every record was seen.
    pub(crate) fn end(&mut self) {
        self.samples.iter_mut().flatten().for_each(Sample::judge);
    }

    /// Takes a record; they are counted from 1.
    pub(crate) fn record(&mut self, number: u64, record: &Record) {
        if self.on && self.failed.is_none() {
            self.failed = self.take(number, record).err();
        }
    }

    fn take(&mut self, number: u64, record: &Record) -> Result<()> {
        let Self { keys, samples, fields, missing, hashing, buffer, .. } = self;
        for field in fields {
            let cell = record.get(field.column).unwrap_or(Cell::Null);
            let fits = field.kind.fits(cell, missing, &mut buffer.text);
            field.values += u64::from(fits != Fits::Missing);
            match fits {
                Fits::Yes => {}
                Fits::No => field.odd.add(number),
                Fits::Missing => field.missing.add(number),
            }
        }
        for key in keys {
            key.records += 1;
            match id_of(record, &key.columns, number, hashing, buffer, missing) {
                Named::Id(id) => key.ids.push(id)?,
                Named::Null | Named::Sentinel => key.missing += 1,
            }
        }
        let lot = lot(number);
        for (cell, sample) in record.iter().zip(samples) {
            if let Some(sample) = sample {
                sample.cell(cell, (number, lot), hashing, missing);
            }
        }
        Ok(())
    }
}

/// What some cells of a record name.
pub(super) enum Named {
    Id(Id),
    /// One of the cells is null or empty.
    Null,
    /// It is one of the texts that stand for null.
    Sentinel,
}

/// Room for what cells say.
#[derive(Default)]
pub(super) struct Buffers {
    text: Vec<u8>,
    all: Vec<u8>,
}

/// The id that these cells of a record are together.
pub(super) fn id_of(
    record: &Record,
    columns: &[usize],
    number: u64,
    hashing: &Hashing,
    buffers: &mut Buffers,
    missing: &[String],
) -> Named {
    if let [column] = columns {
        let cell = record.get(*column).and_then(|cell| text_of(cell, &mut buffers.text));
        return match cell {
            None => Named::Null,
            Some(text) if is_sentinel(text, missing) => Named::Sentinel,
            Some(text) => Named::Id(hashing.id(text, number)),
        };
    }
    buffers.all.clear();
    for column in columns {
        let Some(text) = record.get(*column).and_then(|cell| text_of(cell, &mut buffers.text))
        else {
            return Named::Null;
        };
        // With its length before it, no two lists of texts are the same bytes.
        buffers.all.extend_from_slice(&(text.len() as u64).to_le_bytes());
        buffers.all.extend_from_slice(text);
    }
    Named::Id(hashing.id(&buffers.all, number))
}
