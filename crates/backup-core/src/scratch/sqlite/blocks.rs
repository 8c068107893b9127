//! Where the records of a table lie that are in several databases: in blocks of so many, each block in
//! the database after that of the block before it. So it follows from a record's number alone.

/// How many records a block has: those of a table with fewer are all in one database.
pub(super) const RECORDS: u64 = 1024;

/// The blocks of a table that one database has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Blocks {
    /// How many records each has.
    pub(super) records: u64,
    /// How many databases there are.
    pub(super) databases: u64,
    /// Which of the table's blocks is the first here.
    pub(super) first: u64,
}

impl Blocks {
    /// Whether a record with this number here, counted from 1, is the first of a block.
    pub(super) fn is_first_of_block(&self, here: u64) -> bool {
        (here - 1).is_multiple_of(self.records)
    }

    /// The number in the whole table of a record with this number here; both are counted from 1.
    pub(super) fn number(&self, here: u64) -> u64 {
        let (block, within) = ((here - 1) / self.records, (here - 1) % self.records);
        (block * self.databases + self.first) * self.records + within + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_in_one_of_the_databases_and_numbers_grow() {
        for (records, databases) in [(1, 1), (1, 3), (4, 1), (4, 2), (5, 4)] {
            let mut seen = Vec::new();
            for first in 0..databases {
                let blocks = Blocks { records, databases, first };
                let numbers: Vec<u64> = (1..=records * 6).map(|it| blocks.number(it)).collect();
                assert!(numbers.is_sorted(), "{blocks:?}: {numbers:?}");
                seen.extend(numbers);
            }
            seen.sort_unstable();
            let all: Vec<u64> = (1..=records * 6 * databases).collect();
            assert_eq!(seen, all, "{databases} databases with {records} records a block");
        }
    }
}
