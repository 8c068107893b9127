//! The shared texts of xlsx, to which cells refer by index.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::errors::damaged;
use super::super::value::{CellValue, ValueHash};
use super::counts::{CellCounter, Incomplete};
use super::package::Package;
use super::plain;
use super::xlsx_text;
use super::xml::{attribute, start};
use crate::error::Result;
use crate::i18n::message;

/// The hashes of the shared texts. The texts themselves are not kept.
#[derive(Debug, Default)]
pub(super) struct SharedTexts {
    part: String,
    hashes: Vec<ValueHash>,
    /// The texts that the library misreads, by their index.
    misread: HashMap<usize, Arc<str>>,
}

impl SharedTexts {
    /// Reads the shared texts. The library allocates memory for as many as the file declares.
    pub(super) fn read(
        package: &mut Package,
        part: &str,
        counter: &mut CellCounter<'_>,
    ) -> Result<Self> {
        let before = package.bytes();
        let mut claimed = 0u64;
        let mut shared = Self { part: part.to_owned(), ..Self::default() };
        let mut xml = package.xml(part)?;
        loop {
            if xml.depth() == 1 {
                xml.take(|input| {
                    let (text, taken) = plain::shared_text(input)?;
                    shared.hashes.push(counter.hash(&CellValue::Text(&*text)));
                    Some(taken)
                })?;
            }
            let Some(event) = xml.next()? else { break };
            if let Some(list) = start(&event, "sst") {
                let texts = attribute(list, "uniqueCount")?.and_then(|text| text.parse().ok());
                claimed = claimed.max(texts.unwrap_or(0));
            } else if start(&event, "si").is_some() {
                let text = xlsx_text::read(&mut xml)?;
                counter.found.outer_spaces += text.outer_spaces;
                if text.is_misread {
                    shared.misread.insert(shared.hashes.len(), text.text.as_str().into());
                }
                shared.hashes.push(counter.hash(&CellValue::Text(&text.text)));
            }
        }
        drop(xml);
        if claimed > (package.bytes() - before) / "<si/>".len() as u64 {
            return Err(damaged(message!("damage-claimed-texts")));
        }
        Ok(shared)
    }

    pub(super) fn hash(&self, index: usize) -> Option<ValueHash> {
        self.hashes.get(index).copied()
    }

    /// The text with this index, if the library misreads it.
    pub(super) fn misread(&self, index: usize) -> Option<&Arc<str>> {
        // Most workbooks have none.
        if self.misread.is_empty() { None } else { self.misread.get(&index) }
    }

    /// Reads the texts again for corrections that need some of them.
    pub(super) fn complete(
        &self,
        package: &mut Package,
        mut corrections: Vec<(usize, Incomplete)>,
        counter: &mut CellCounter<'_>,
    ) -> Result<()> {
        if corrections.is_empty() {
            return Ok(());
        }
        corrections.sort_by_key(|(index, _)| *index);
        let mut corrections = corrections.iter().peekable();
        let mut xml = package.xml(&self.part)?;
        let mut index = 0;
        while let Some(event) = xml.next()? {
            if start(&event, "si").is_none() {
                continue;
            }
            let text = xlsx_text::read(&mut xml)?.text;
            while let Some((_, correction)) = corrections.next_if(|(wanted, _)| *wanted == index) {
                counter.complete(correction, &text)?;
            }
            index += 1;
        }
        Ok(())
    }
}
