//! HTML that is always well-formed: an element is closed by whoever opened it, and text is escaped.

use crate::render::clean;

/// How many characters of a name are shown; longer ones are shortened in their middle.
const NAME: usize = 240;

/// How many characters of a sentence are shown.
const SENTENCE: usize = 2000;

/// A page that is being written.
#[derive(Debug, Default)]
pub(super) struct Html(String);

impl Html {
    /// Markup of this program's own.
    pub(super) fn raw(&mut self, markup: &str) {
        self.0.push_str(markup);
    }

    /// An element: `tag` is its name and its attributes, which are this program's own.
    pub(super) fn element(&mut self, tag: &str, inside: impl FnOnce(&mut Self)) {
        let name = tag.split(' ').next().unwrap_or(tag);
        self.0.push_str(&format!("<{tag}>"));
        inside(self);
        self.0.push_str(&format!("</{name}>"));
        let block = !matches!(name, "span" | "bdi" | "a" | "code" | "time" | "b");
        if block {
            self.0.push('\n');
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
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                _ => self.0.push(c),
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

    /// A row of a table.
    pub(super) fn row(&mut self, cells: impl FnOnce(&mut Self)) {
        self.element("tr", cells);
    }

    /// A table with the headers of its columns; those that end with `#` are of numbers. It scrolls
    /// in its own frame where it is wider than the page.
    pub(super) fn table(&mut self, label: &str, headers: &[&str], rows: impl FnOnce(&mut Self)) {
        let mut named = Self::default();
        named.text(label);
        let frame = format!(
            "div class=\"frame\" role=\"region\" tabindex=\"0\" aria-label=\"{}\"",
            named.0
        );
        self.element(&frame, |html| {
            html.element("table", |html| {
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

    pub(super) fn into_text(self) -> String {
        self.0
    }
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
