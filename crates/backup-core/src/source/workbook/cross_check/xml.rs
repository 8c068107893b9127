//! Reads XML one event at a time, with limits for the size of an event and the nesting.

use std::borrow::Cow;
use std::io::BufRead as _;
use std::sync::Arc;

use memchr::memmem;
use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::{EscapeError, resolve_predefined_entity};
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::super::errors::{damaged, ends_early, unreadable, unreadable_part};
use super::member::Part;
use crate::error::{Error, Result};
use crate::i18n::message;

/// The maximum nesting depth of elements. Office programs stay below 100.
const DEEPEST: u32 = 1000;
/// The maximum length of an event in bytes. No program writes such long events.
pub(super) const LARGEST: u64 = 64 * 1024 * 1024;

pub(super) struct Xml<'a> {
    reader: Reader<Part<'a>>,
    buffer: Vec<u8>,
    depth: u32,
    /// The depth of each open element that says whether outer spaces are significant, and what it
    /// says.
    spaces: Vec<(u32, bool)>,
    /// Whether the last event was a tag.
    is_after_tag: bool,
}

/// The text of an element.
#[derive(Debug, Default)]
pub(super) struct Content {
    /// The text, with its references resolved.
    pub(super) text: String,
    /// The bytes of the text from the first to the last character that is written as a reference or
    /// in CDATA.
    pub(super) fixed: Option<(usize, usize)>,
    pub(super) has_cdata: bool,
    /// The number of bytes before the first reference, CDATA, comment or tag.
    pub(super) first_piece: usize,
}

impl<'a> Xml<'a> {
    pub(super) fn new(part: Part<'a>) -> Self {
        let mut reader = Reader::from_reader(part);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new(), depth: 0, spaces: Vec::new(), is_after_tag: false }
    }

    /// The next event; `None` at the end. An element without content has a start event and an end
    /// event.
    pub(super) fn next(&mut self) -> Result<Option<Event<'_>>> {
        self.buffer.clear();
        self.reader.get_mut().get_mut().most = LARGEST;
        let event = self.reader.read_event_into(&mut self.buffer).map_err(not_read)?;
        self.is_after_tag = matches!(event, Event::Start(_) | Event::End(_));
        match &event {
            Event::Start(_) if self.depth == DEEPEST => {
                return Err(damaged(message!("damage-nesting")));
            }
            Event::Start(element) => {
                self.depth += 1;
                if let Some(keeps) = says_space(element)? {
                    self.spaces.push((self.depth, keeps));
                }
            }
            Event::End(_) => {
                self.spaces.pop_if(|(depth, _)| *depth == self.depth);
                self.depth = self.depth.saturating_sub(1);
            }
            Event::Eof if self.depth > 0 => return Err(ends_early()),
            Event::Eof => return Ok(None),
            _ => {}
        }
        Ok(Some(event))
    }

    /// Skips elements without the XML reader. `take` gets the buffered input, and returns the
    /// length of the complete elements at its beginning that it recognizes.
    pub(super) fn take(&mut self, mut take: impl FnMut(&[u8]) -> Option<usize>) -> Result<()> {
        // The end event of an element without content comes before the next input.
        if !self.is_after_tag || self.buffer.ends_with(b"/>") {
            return Ok(());
        }
        let input = self.reader.get_mut();
        loop {
            input.get_mut().most = LARGEST;
            let at_hand = input.fill_buf().map_err(unreadable_part)?;
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

    /// The next event. Returns an error at the end.
    pub(super) fn must(&mut self) -> Result<Event<'_>> {
        self.next()?.ok_or_else(ends_early)
    }

    /// The number of open elements.
    pub(super) fn depth(&self) -> u32 {
        self.depth
    }

    /// Whether the current element itself says whether outer spaces are significant.
    pub(super) fn says_space(&self) -> bool {
        self.spaces.last().is_some_and(|(depth, _)| *depth == self.depth)
    }

    /// Whether outer spaces are significant in the current element.
    pub(super) fn preserves_space(&self) -> bool {
        self.spaces.last().is_some_and(|(_, keeps)| *keeps)
    }

    /// The text of the current element, up to its end.
    pub(super) fn content(&mut self) -> Result<Content> {
        let outside = self.depth.saturating_sub(1);
        let mut content = Content::default();
        let mut is_first = true;
        loop {
            match self.must()? {
                Event::Text(text) => {
                    content.text += &text.xml10_content();
                    if is_first {
                        content.first_piece = content.text.len();
                    }
                }
                Event::CData(text) => {
                    content.fix(&text.xml10_content());
                    content.has_cdata = true;
                }
                Event::GeneralRef(reference) => content.fix(&resolve(&reference)?),
                _ => {}
            }
            if content.text.len() as u64 > LARGEST {
                return Err(damaged(message!("damage-long-text")));
            }
            if self.depth == outside {
                return Ok(content);
            }
            is_first = false;
        }
    }

    /// Skips the rest of the current element.
    pub(super) fn skip(&mut self) -> Result<()> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            self.must()?;
        }
        Ok(())
    }
}

impl Content {
    /// Appends text that is written as a reference or in CDATA.
    fn fix(&mut self, text: &str) {
        let first = self.fixed.map_or(self.text.len(), |(first, _)| first);
        self.text += text;
        self.fixed = Some((first, self.text.len()));
    }
}

/// Whether the element says that outer spaces are significant; `None` if it says nothing.
fn says_space(element: &BytesStart<'_>) -> Result<Option<bool>> {
    if memmem::find(element.attributes_raw().as_bytes(), b"xml:space").is_none() {
        return Ok(None);
    }
    Ok(attribute(element, "space")?.map(|space| space == "preserve"))
}

/// The character or text of a reference such as `&amp;` or `&#10;`.
pub(super) fn resolve(reference: &BytesRef<'_>) -> Result<String> {
    if let Some(text) = resolve_predefined_entity(reference) {
        return Ok(text.to_owned());
    }
    let character = reference.resolve_char_ref().map_err(|error| unreadable(&error))?;
    let unknown = EscapeError::UnrecognizedEntity(0..0, String::new());
    character.map(String::from).ok_or_else(|| unreadable(&unknown))
}

fn not_read(error: quick_xml::Error) -> Error {
    match error {
        quick_xml::Error::Io(error) => {
            unreadable_part(Arc::try_unwrap(error).unwrap_or_else(|error| error.kind().into()))
        }
        error => unreadable(&error),
    }
}

/// The start of an element with this name; `None` for other events.
pub(super) fn start<'e, 'i>(event: &'e Event<'i>, name: &str) -> Option<&'e BytesStart<'i>> {
    match event {
        Event::Start(element) if element.local_name().as_ref() == name => Some(element),
        _ => None,
    }
}

/// Whether an element with this name ends here.
pub(super) fn ends(event: &Event<'_>, name: &str) -> bool {
    matches!(event, Event::End(ended) if ended.local_name().as_ref() == name)
}

/// The value of an attribute. `name` is without a prefix.
pub(super) fn attribute<'a>(
    element: &'a BytesStart<'_>,
    name: &str,
) -> Result<Option<Cow<'a, str>>> {
    for attribute in element.attributes().with_checks(false) {
        let attribute = attribute.map_err(|error| unreadable(&error))?;
        if attribute.key.local_name().as_ref() == name {
            return value(&attribute).map(Some);
        }
    }
    Ok(None)
}

/// The value of an attribute.
pub(super) fn value<'a>(attribute: &Attribute<'a>) -> Result<Cow<'a, str>> {
    let value = attribute.normalized_value(XmlVersion::Implicit1_0);
    value.map_err(|error| unreadable(&error))
}

/// The value of an attribute that must be a non-negative integer.
pub(super) fn number(element: &BytesStart<'_>, name: &str) -> Result<Option<u64>> {
    attribute(element, name)?.map(|text| parsed(&text, name)).transpose()
}

/// The value of the attribute `name`, which must be a non-negative integer.
pub(super) fn parsed(text: &str, name: &str) -> Result<u64> {
    text.trim().parse().map_err(|_| damaged(message!("damage-number", name = name)))
}
