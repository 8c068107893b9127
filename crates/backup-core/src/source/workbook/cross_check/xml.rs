//! XML, one event at a time, with bounds on what one event and the nesting may take.

use std::borrow::Cow;
use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesEnd, BytesStart, Event};

use super::package::Bounded;
use super::{damaged, unreadable};
use crate::error::{Error, Result};

/// How deep elements may nest; office programs stay below 100.
const DEEPEST: u32 = 1000;

pub(super) struct Xml<R> {
    reader: Reader<Bounded<R>>,
    buffer: Vec<u8>,
    depth: u32,
    /// Whether what came last was a tag.
    is_behind_tag: bool,
}

/// What comes next. An element without content begins and ends.
pub(super) enum Next<'a> {
    Start(BytesStart<'a>),
    End(BytesEnd<'a>),
    Text(Cow<'a, str>),
    CData(Cow<'a, str>),
    /// `&amp;` and the like: a piece of text.
    Reference,
    Other,
}

impl Next<'_> {
    /// The element that begins here, if it has this name.
    pub(super) fn start(&self, name: &str) -> Option<&BytesStart<'_>> {
        match self {
            Self::Start(element) if element.local_name().as_ref() == name => Some(element),
            _ => None,
        }
    }

    pub(super) fn ends(&self, name: &str) -> bool {
        matches!(self, Self::End(ended) if ended.local_name().as_ref() == name)
    }
}

impl<R: BufRead> Xml<R> {
    pub(super) fn new(inner: R) -> Self {
        let mut reader = Reader::from_reader(Bounded::new(inner));
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new(), depth: 0, is_behind_tag: false }
    }

    /// What comes next; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Next<'_>>> {
        self.buffer.clear();
        self.reader.get_mut().fresh();
        let event = self.reader.read_event_into(&mut self.buffer).map_err(not_read)?;
        self.is_behind_tag = matches!(event, Event::Start(_) | Event::End(_));
        Ok(Some(match event {
            Event::Start(element) => {
                self.depth += 1;
                if self.depth > DEEPEST {
                    return Err(damaged("its elements nest too deeply"));
                }
                Next::Start(element)
            }
            Event::End(element) => {
                self.depth = self.depth.saturating_sub(1);
                Next::End(element)
            }
            Event::Text(text) => Next::Text(text.into_inner()),
            Event::CData(text) => Next::CData(text.into_inner()),
            Event::GeneralRef(_) => Next::Reference,
            Event::Eof if self.depth > 0 => return Err(damaged("a part of it ends too early")),
            Event::Eof => return Ok(None),
            _ => Next::Other,
        }))
    }

    /// Takes elements off the input as they are written there: `take` is shown what comes next, as
    /// far as it is at hand, and says how long the elements are that it knows at its front. What
    /// it takes leaves as many elements open as before, and of the same names.
    pub(super) fn take(&mut self, mut take: impl FnMut(&[u8]) -> Option<usize>) -> Result<()> {
        // An element without content ends before the input goes on.
        if !self.is_behind_tag || self.buffer.ends_with(b"/>") {
            return Ok(());
        }
        let input = self.reader.get_mut();
        loop {
            input.fresh();
            let at_hand = input.fill_buf().map_err(damaged)?;
            let mut taken = 0;
            while let Some(bytes) = take(&at_hand[taken..]) {
                taken += bytes;
            }
            if taken == 0 {
                return Ok(());
            }
            input.consume(taken);
        }
    }

    /// What comes next, where something has to.
    pub(super) fn must(&mut self) -> Result<Next<'_>> {
        self.next()?.ok_or_else(|| damaged("a part of it ends too early"))
    }

    /// How many elements are open.
    pub(super) fn depth(&self) -> u32 {
        self.depth
    }

    /// Passes over everything until the element that was begun last has ended.
    pub(super) fn skip(&mut self) -> Result<()> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            self.must()?;
        }
        Ok(())
    }
}

fn not_read(error: quick_xml::Error) -> Error {
    match error {
        quick_xml::Error::Io(error) => damaged(error),
        error => unreadable(&error),
    }
}

/// An element's attribute, by its name without a prefix.
pub(super) fn attribute<'a>(
    element: &'a BytesStart<'_>,
    name: &str,
) -> Result<Option<Cow<'a, str>>> {
    for attribute in element.attributes().with_checks(false) {
        let attribute = attribute.map_err(|error| unreadable(&error))?;
        if attribute.key.local_name().as_ref() == name {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            return value.map(Some).map_err(|error| unreadable(&error));
        }
    }
    Ok(None)
}

/// An attribute that is a number, counted from 0 up.
pub(super) fn number(element: &BytesStart<'_>, name: &str) -> Result<Option<u64>> {
    let Some(text) = attribute(element, name)? else { return Ok(None) };
    text.trim().parse().map(Some).map_err(|_| damaged(format_args!("its {name} is no number")))
}
