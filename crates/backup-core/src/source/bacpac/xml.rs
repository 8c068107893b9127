//! Reads the XML files of a package as small trees, within limits. Entities and document types are
//! refused.

use std::io::{self, BufReader, Read};
use std::sync::Arc;

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::errors::damaged_xml;
use crate::error::{Error, Result};
use crate::source::shared::Content;

/// The maximum nesting depth of elements. SqlPackage stays below 20.
const DEEPEST: usize = 100;

/// The maximum size of one event in bytes. The longest are the texts of procedures.
const LARGEST_EVENT: usize = 16 << 20;
/// The maximum size of one tree in memory, in bytes. A table with as many columns as an archive can
/// hold takes a little less.
const LARGEST_TREE: usize = 128 << 20;

/// The memory that an element takes in addition to its text, in bytes, and an attribute.
const ELEMENT_BYTES: usize = 512;
const ATTRIBUTE_BYTES: usize = 64;
/// The maximum number of attributes of an element. SqlPackage writes at most 5.
const MOST_ATTRIBUTES: usize = 64;

/// An element with its attributes, its text and the elements within it.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// The name without a prefix.
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    pub(super) text: String,
    pub(super) children: Vec<Node>,
}

impl Node {
    fn of(element: &BytesStart<'_>) -> Result<Self, String> {
        let mut attributes = Vec::new();
        for attribute in element.attributes() {
            let attribute = attribute.map_err(|error| error.to_string())?;
            if attributes.len() == MOST_ATTRIBUTES {
                return Err("an element has too many attributes".into());
            }
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_err(|error| error.to_string())?;
            attributes.push((attribute.key.local_name().as_ref().to_owned(), value.into_owned()));
        }
        let name = element.local_name().as_ref().to_owned();
        Ok(Self { name, attributes, ..Self::default() })
    }

    fn bytes(&self) -> usize {
        let attributes = self.attributes.iter();
        let attributes: usize =
            attributes.map(|(name, value)| ATTRIBUTE_BYTES + name.len() + value.len()).sum();
        ELEMENT_BYTES + self.name.len() + attributes
    }

    /// The value of an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let mut attributes = self.attributes.iter();
        attributes.find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The elements with this name directly within this one.
    pub(super) fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// Adds all elements with this name within this one, at any depth, to `found`.
    pub(super) fn collect<'a>(&'a self, name: &str, found: &mut Vec<&'a Self>) {
        for child in &self.children {
            if child.name == name {
                found.push(child);
            }
            child.collect(name, found);
        }
    }
}

/// The root element of a file, with everything in it.
pub(super) fn tree(content: Content, file: &str) -> Result<Node> {
    let mut root = None;
    let keep = |node| {
        root = Some(node);
        Ok(())
    };
    for_each(content, file, 0, |_| true, keep)?;
    root.ok_or_else(|| damaged_xml(file, "no element"))
}

/// Passes the elements that are within `outside` others, and that are `wanted` by their name and
/// attributes, to `visit`, one at a time. The file is read to its end.
pub(super) fn for_each(
    content: Content,
    file: &str,
    outside: usize,
    wanted: impl Fn(&Node) -> bool,
    visit: impl FnMut(Node) -> Result<()>,
) -> Result<()> {
    let limited = Limited { content, most: 0 };
    let mut reader = Reader::from_reader(BufReader::with_capacity(64 << 10, limited));
    reader.config_mut().expand_empty_elements = true;
    let mut trees = Trees { outside, wanted, visit, depth: 0, open: Vec::new(), bytes: 0, file };
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        reader.get_mut().get_mut().most = LARGEST_EVENT;
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Eof) if trees.depth > 0 => return Err(damaged_xml(file, "it ends early")),
            Ok(Event::Eof) => return Ok(()),
            Ok(event) => trees.take(&event)?,
            Err(quick_xml::Error::Io(error)) => {
                let error = Arc::try_unwrap(error).unwrap_or_else(|error| error.kind().into());
                return Err(Error::read(error, None));
            }
            Err(error) => return Err(damaged_xml(file, &error.to_string())),
        }
    }
}

/// Builds the wanted trees from events.
struct Trees<'a, W, V> {
    outside: usize,
    wanted: W,
    visit: V,
    /// The number of open elements.
    depth: usize,
    /// The open elements of the current tree, from its root inwards; empty if there is none.
    open: Vec<Node>,
    /// The size of the current tree.
    bytes: usize,
    file: &'a str,
}

impl<W: Fn(&Node) -> bool, V: FnMut(Node) -> Result<()>> Trees<'_, W, V> {
    fn take(&mut self, event: &Event<'_>) -> Result<()> {
        match event {
            Event::Start(element) => self.start(element),
            Event::End(_) => self.end(),
            Event::DocType(_) => Err(damaged_xml(self.file, "document type")),
            Event::Text(text) => self.text(&text.xml10_content()),
            Event::CData(text) => self.text(&text.xml10_content()),
            Event::GeneralRef(reference) => match resolve_predefined_entity(reference) {
                Some(text) => self.text(text),
                None => match reference.resolve_char_ref() {
                    Ok(Some(character)) => self.text(character.encode_utf8(&mut [0; 4])),
                    _ => Err(damaged_xml(self.file, "unknown entity")),
                },
            },
            _ => Ok(()),
        }
    }

    fn start(&mut self, element: &BytesStart<'_>) -> Result<()> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(damaged_xml(self.file, "too many levels"));
        }
        if self.open.is_empty() && self.depth != self.outside + 1 {
            return Ok(());
        }
        let node = Node::of(element).map_err(|error| damaged_xml(self.file, &error))?;
        if self.open.is_empty() {
            if !(self.wanted)(&node) {
                return Ok(());
            }
            self.bytes = 0;
        }
        self.grow(node.bytes())?;
        self.open.push(node);
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        self.depth = self.depth.saturating_sub(1);
        let Some(node) = self.open.pop() else { return Ok(()) };
        match self.open.last_mut() {
            Some(parent) => parent.children.push(node),
            None => (self.visit)(node)?,
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<()> {
        if self.open.is_empty() {
            return Ok(());
        }
        self.grow(text.len())?;
        if let Some(node) = self.open.last_mut() {
            node.text += text;
        }
        Ok(())
    }

    fn grow(&mut self, bytes: usize) -> Result<()> {
        self.bytes += bytes;
        match self.bytes > LARGEST_TREE {
            true => Err(damaged_xml(self.file, "an element is too large")),
            false => Ok(()),
        }
    }
}

/// Limits the number of bytes that are read for one event.
struct Limited {
    content: Content,
    most: usize,
}

impl Read for Limited {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.content.read(buffer)?;
        let left = self.most.checked_sub(read);
        self.most = left
            .ok_or_else(|| io::Error::other(damaged_xml("model.xml", "an element is too large")))?;
        Ok(read)
    }
}
