//! HTML that is always well-formed: an element is closed by whoever opened it, and text is escaped.

use crate::render::{clean, count};

/// How many characters of a name are shown; longer ones are shortened in their middle.
const NAME: usize = 240;

/// How many characters of a sentence are shown.
const SENTENCE: usize = 2000;

/// Tables of more columns become cards on a narrow screen; fewer fit on any.
const COLUMNS: usize = 3;

/// A page that is being written.
#[derive(Debug, Default)]
pub(super) struct Html {
    text: String,
    /// What the columns of the table are called that is being written; empty if its cells need not
    /// say it.
    columns: Vec<String>,
    /// The column that comes next.
    column: usize,
    /// The parts that were written: their anchors and their titles.
    parts: Vec<(String, String)>,
}

impl Html {
    /// Markup of this program's own.
    pub(super) fn raw(&mut self, markup: &str) {
        self.text.push_str(markup);
    }

    /// An element: `tag` is its name and its attributes, which are this program's own.
    pub(super) fn element(&mut self, tag: &str, inside: impl FnOnce(&mut Self)) {
        let name = tag.split(' ').next().unwrap_or(tag);
        self.text.push_str(&format!("<{tag}>"));
        inside(self);
        self.text.push_str(&format!("</{name}>"));
        let block = !matches!(name, "span" | "bdi" | "a" | "code" | "time" | "b");
        if block {
            self.text.push('\n');
        }
    }

    /// An element that holds a text.
    pub(super) fn holding(&mut self, tag: &str, text: &str) {
        self.element(tag, |html| html.text(text));
    }

    /// Text, escaped. Whoever wrote it cannot leave its place.
    pub(super) fn text(&mut self, text: &str) {
        for c in clean(&shortened(text, SENTENCE)).chars() {
            match c {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '"' => self.text.push_str("&quot;"),
                '\'' => self.text.push_str("&#39;"),
                _ => self.text.push(c),
            }
        }
    }

    /// A name that somebody else gave: isolated, so that it does not turn the text around it.
    pub(super) fn name(&mut self, name: &str) {
        self.element("bdi", |html| html.text(&shortened(name, NAME)));
    }

    /// A digest or another text that is compared and not read.
    pub(super) fn code(&mut self, text: &str) {
        self.holding("code", text);
    }

    /// A table with the headers of its columns; those that end with `#` are of numbers. It scrolls
    /// in its own frame where it is wider than the page, and where the page is narrow each row becomes
    /// a card whose cells say what they are.
    pub(super) fn table(&mut self, label: &str, headers: &[&str], rows: impl FnOnce(&mut Self)) {
        let frame = format!(
            "div class=\"frame\" role=\"region\" tabindex=\"0\" aria-label=\"{}\"",
            escaped(label)
        );
        let cards = headers.len() > COLUMNS;
        let names = headers.iter().map(|header| escaped(header.trim_end_matches('#')));
        self.columns = if cards { names.collect() } else { Vec::new() };
        self.element(&frame, |html| {
            html.element(if cards { "table class=\"cards\"" } else { "table" }, |html| {
                html.element("thead", |html| {
                    html.row(|html| {
                        for header in headers {
                            match header.strip_suffix('#') {
                                Some(header) => {
                                    html.holding("th scope=\"col\" class=\"number\"", header);
                                }
                                None => html.holding("th scope=\"col\"", header),
                            }
                        }
                    });
                });
                html.element("tbody", rows);
            });
        });
    }

    /// A row of a table.
    pub(super) fn row(&mut self, cells: impl FnOnce(&mut Self)) {
        self.column = 0;
        self.element("tr", cells);
    }

    /// The first cell of a row, which says what the row is about.
    pub(super) fn lead(&mut self, inside: impl FnOnce(&mut Self)) {
        self.column += 1;
        self.element("th scope=\"row\"", inside);
    }

    /// Another cell of a row.
    pub(super) fn cell(&mut self, class: &str, inside: impl FnOnce(&mut Self)) {
        let mut tag = String::from("td");
        if !class.is_empty() {
            tag.push_str(&format!(" class=\"{class}\""));
        }
        if let Some(name) = self.columns.get(self.column) {
            tag.push_str(&format!(" data-label=\"{name}\""));
        }
        self.column += 1;
        self.element(&tag, inside);
    }

    /// A cell that holds a text of this program's own.
    pub(super) fn words(&mut self, text: &str) {
        self.cell("", |html| html.text(text));
    }

    /// A cell that holds a number.
    pub(super) fn number(&mut self, number: &str) {
        self.cell("number", |html| html.text(number));
    }

    /// A cell that holds a number which may be long.
    pub(super) fn figure(&mut self, figure: &str) {
        self.cell("number long", |html| html.text(figure));
    }

    /// A cell that holds a number which has to be nothing.
    pub(super) fn fault(&mut self, number: u64) {
        let class = if number > 0 { "number fault" } else { "number" };
        self.cell(class, |html| html.text(&count(number)));
    }

    /// A cell that holds a digest.
    pub(super) fn digest(&mut self, digest: &str) {
        self.cell("digest", |html| html.code(digest));
    }

    /// A part with its heading, which a reader can go to.
    pub(super) fn part(
        &mut self,
        id: &str,
        level: u8,
        title: &str,
        inside: impl FnOnce(&mut Self),
    ) {
        self.parts.push((id.to_owned(), title.to_owned()));
        self.element(&format!("section id=\"{id}\""), |html| {
            html.holding(&format!("h{level}"), title);
            inside(html);
        });
    }

    /// A link to an anchor of this page.
    pub(super) fn link(&mut self, anchor: &str, inside: impl FnOnce(&mut Self)) {
        self.element(&format!("a href=\"#{anchor}\""), inside);
    }

    /// Other parts, after links to each of them.
    pub(super) fn parts(&mut self, label: &str, parts: Self) {
        self.element(&format!("nav aria-label=\"{}\"", escaped(label)), |html| {
            html.element("ul", |html| {
                for (id, title) in &parts.parts {
                    html.element("li", |html| html.link(id, |html| html.text(title)));
                }
            });
        });
        self.text.push_str(&parts.text);
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

fn escaped(text: &str) -> String {
    let mut html = Html::default();
    html.text(text);
    html.text
}

/// Text of at most so many characters: the middle of a longer one gives way, and its length is said.
fn shortened(text: &str, most: usize) -> std::borrow::Cow<'_, str> {
    if text.len() <= most {
        return text.into();
    }
    let length = text.chars().count();
    if length <= most {
        return text.into();
    }
    let begins: String = text.chars().take(most / 2).collect();
    let ends: String = text.chars().skip(length - most / 4).collect();
    format!("{begins} […{length}…] {ends}").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_shortened_and_says_so() {
        let name = format!("a{}z", "好".repeat(5000));
        let short = shortened(&name, NAME);
        assert!(short.chars().count() < 220, "it is still long: {short}");
        assert!(short.starts_with("a好") && short.ends_with("好z"), "its ends are gone: {short}");
        assert!(short.contains("[…5002…]"), "its length is not said: {short}");
    }

    #[test]
    fn text_does_not_leave_its_place() {
        let mut html = Html::default();
        html.name("</bdi><script>'\"&\u{202e}\n");
        let expected = "<bdi>&lt;/bdi&gt;&lt;script&gt;&#39;&quot;&amp;\\u{202e}\\u{a}</bdi>";
        assert_eq!(html.into_text(), expected);
    }
}
