//! Whether lines above the header of a CSV file are a title or comments.

use std::cmp::Ordering;

use super::dialect::{MOST_ABOVE, Scan};
use super::footer::is_value;
use super::rows::{
    Cells, Row, cells_of, filled, is_like_header, is_like_records, labels_lines, labels_values,
};

impl Scan<'_> {
    /// Whether the lines above the table are a title, and not the label and the texts of a single
    /// column, of which some contain the delimiter.
    pub(super) fn is_below_title(&self) -> bool {
        let (above, table) = self.rows.split_at(self.first);
        if (self.is_colon() && !self.has_own_header())
            || !above.iter().all(|row| self.is_title_line(row))
        {
            return false;
        }
        let is_divided = |row: &Row<'_>| {
            row.width == self.width || row.is_comment(0) || row.is_below(self.width)
        };
        let is_in_texts = matches!(
            self.dialect.delimiter.as_str(),
            "," | ";" | "|" | "||" | "，" | "；" | "｜" | "¦"
        );
        let are_clear = !is_in_texts || above.iter().all(Row::has_space_or_digit);
        // The first records may be a title too, such as `From: a, To: b`.
        table[0].follows_blank
            || self.header().is_some_and(|header| header > self.first)
            || above.iter().all(|row| row.is_comment(self.width))
            || self.cells(self.first).iter().flatten().all(|cell| is_value(cell))
            || self.labels_values(self.first)
            || (self.is_header(self.first) && are_clear && table.iter().all(is_divided))
    }

    /// Whether this line above the table is no record of another table: it has one cell, or is
    /// prose, or begins with `Label:`.
    fn is_title_line(&self, row: &Row<'_>) -> bool {
        let cells = cells_of(row.text, self.dialect);
        let is_label = |cell: &Option<Vec<u8>>| {
            cell.as_deref().is_some_and(|text| text.trim_ascii().ends_with(b":"))
        };
        row.width == 1
            || row.is_comment(self.width)
            || row.is_prose(self.dialect.delimiter)
            || filled(&cells) <= 1
            || cells.first().is_some_and(is_label)
    }

    /// Whether no label of the header is repeated below it.
    fn has_own_header(&self) -> bool {
        let mut table = self.table().iter().take(50).map(|row| cells_of(row.text, self.dialect));
        let header = table.next().unwrap_or_default();
        table.all(|cells| cells.iter().zip(&header).all(|(cell, label)| cell != label))
    }

    pub(super) fn cells(&self, row: usize) -> Cells {
        self.rows.get(row).map(|row| cells_of(row.text, self.dialect)).unwrap_or_default()
    }

    /// Whether the record `row` may be a header.
    pub(super) fn is_header(&self, row: usize) -> bool {
        let header = self.cells(row);
        header.len() == self.width && is_like_header(&header)
    }

    /// Whether the record `row` labels a column of numbers or dates below it.
    pub(super) fn labels_values(&self, row: usize) -> bool {
        labels_values(&self.cells(row), &self.below(row))
    }

    /// Whether the record `row` looks like those below it.
    pub(super) fn is_like_records(&self, row: usize) -> bool {
        is_like_records(&self.cells(row), &self.below(row))
    }

    /// The cells of the first records below `row` that are as wide.
    fn below(&self, row: usize) -> Vec<Cells> {
        let width = self.rows.get(row).map_or(0, |row| row.width);
        let is_full = |row: &usize| self.rows[*row].width == width;
        let below = (row + 1..self.rows.len()).filter(is_full).take(50);
        below.map(|row| self.cells(row)).collect()
    }

    /// The row of the header, if a title or comments are above it.
    pub(super) fn header(&self) -> Option<usize> {
        let above = (0..self.rows.len().min(MOST_ABOVE)).take_while(|row| self.is_above(*row));
        let above = above.count();
        if above == 0 {
            return None;
        }
        let (titles, row) = (&self.rows[..above], self.rows.get(above)?);
        let are_narrow = titles.iter().all(|title| title.width != self.width);
        // An empty line, and comments, separate a title from any header.
        if row.width == self.width
            && (titles.iter().all(|title| title.is_comment(self.width))
                || (are_narrow && row.follows_blank))
        {
            return Some(above);
        }
        // A line of full width may also be a header that lacks labels.
        let is_title = |title: &Row<'_>| {
            title.is_comment(self.width)
                || title.width == 1
                || title.is_prose(self.dialect.delimiter)
                || (title.width == self.width && title.has_digit())
        };
        let is_clear = titles.iter().all(is_title) || self.labels_values(above);
        Some(above).filter(|row| self.is_header(*row) && is_clear)
    }

    /// Whether this record may be a title or a comment above the header.
    fn is_above(&self, row: usize) -> bool {
        let (one, cells) = (&self.rows[row], self.cells(row));
        // A header may begin with `# id`.
        let next_is_comment =
            self.rows.get(row + 1).is_some_and(|next| next.is_comment(self.width));
        let is_prose = one.is_prose(self.dialect.delimiter);
        let is_header =
            self.is_header(row) && !next_is_comment && !(is_prose && self.is_header(row + 1));
        let is_comment = one.is_comment(self.width) && !is_header;
        let has_only_first = filled(&cells) <= 1 && cells.first().is_none_or(Option::is_some);
        one.width != self.width || is_comment || has_only_first || self.is_prose_title(row)
    }

    /// Whether this record is prose, such as `Report, 2024`, above a header: below an empty line,
    /// or above numbers or dates.
    fn is_prose_title(&self, row: usize) -> bool {
        let is_prose = |row: &usize| self.rows[*row].is_prose(self.dialect.delimiter);
        let header = (row + 1..self.rows.len().min(MOST_ABOVE)).find(|row| !is_prose(row));
        is_prose(&row)
            && header.is_some_and(|row| {
                self.is_header(row) && (self.rows[row].follows_blank || self.labels_values(row))
            })
    }

    /// Whether a cell of this record is a number or a date.
    fn has_value(&self, row: usize) -> bool {
        self.cells(row).iter().flatten().any(|cell| is_value(cell))
    }

    /// Whether the first record may be a title or a comment: it has one label only, is marked, or
    /// contains numbers above a header.
    pub(super) fn may_begin_with_title(&self) -> bool {
        let [first, second, ..] = &self.rows[..] else { return false };
        let title = self.cells(0);
        let has_one = filled(&title) == 1 && title[0].is_some() && filled(&self.cells(1)) > 1;
        let is_above_header = self.is_header(1)
            && (first.is_comment(self.width) || (self.has_value(0) && self.labels_values(1)));
        let are_full = first.width == self.width && second.width == self.width;
        are_full && (has_one || is_above_header)
    }

    /// Whether the lines above the table may be a title that contains the delimiter of `other`,
    /// which begins with it.
    pub(super) fn may_be_below_title_of(&self, other: &Self) -> bool {
        self.first > other.first
            && self.is_header(self.first)
            && (self.rows[self.first].follows_blank
                || (self.is_below_prose_of(other)
                    && (self.labels_values(self.first)
                        || self.rows[self.first].text.starts_with(b"\""))))
    }

    fn is_below_prose_of(&self, other: &Self) -> bool {
        let delimiter = other.dialect.delimiter;
        self.rows[..self.first].iter().all(|row| {
            row.is_prose(delimiter)
                || memchr::memmem::find(row.text, delimiter.as_bytes()).is_none()
        })
    }

    /// Whether the table is below such a title, and fewer things speak against its delimiter than
    /// against that of `other` in the records below the title.
    pub(super) fn is_better_below_title(&self, other: &Self) -> bool {
        let order = |scan: &Self| {
            let start = self.rows[self.first].start;
            let is_unequal = |row: &&Row<'_>| {
                let is_outside = row.is_comment(scan.width) || row.is_below(scan.width);
                row.start >= start && row.width != scan.width && !is_outside
            };
            (scan.has_failed, scan.rows.iter().filter(is_unequal).count(), scan.is_in_text)
        };
        self.may_be_below_title_of(other)
            && match order(self).cmp(&order(other)) {
                Ordering::Less => true,
                Ordering::Equal => self.is_below_prose_of(other) && self.width > other.width,
                Ordering::Greater => false,
            }
    }

    /// The label of a table of one column below a title that contains the delimiter.
    pub(super) fn header_of_one_column(&self) -> Option<usize> {
        let header = self.rows.iter().rposition(|row| row.width > 1)? + 1;
        let above = &self.rows[..header];
        let is_title = |row: &Row<'_>| row.width == 1 || row.is_prose(self.dialect.delimiter);
        let is_certain = above.iter().all(|row| row.is_comment(0))
            || (above.iter().all(is_title)
                && (self.rows.get(header)?.follows_blank || self.labels_lines(header)));
        let has_records = header + 1 < self.rows.len() && !self.has_failed;
        Some(header).filter(|header| is_certain && has_records && *header <= MOST_ABOVE)
    }

    /// Whether the first line of a table of one column may be a title.
    pub(super) fn may_begin_with_line(&self) -> bool {
        let [first, second, _, ..] = &self.rows[..] else { return false };
        let is_named = first.has_digit() && first.text.contains(&b' ');
        is_named || first.has_space_or_digit() && (second.follows_blank || self.labels_lines(1))
    }

    /// Whether a line is a label above numbers, dates or addresses.
    fn labels_lines(&self, row: usize) -> bool {
        let below = self.rows[row + 1..].iter().map(|row| row.text);
        self.rows.get(row).is_some_and(|row| labels_lines(row.text, below))
    }
}
