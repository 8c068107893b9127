//! Prints a document as one HTML file.
//!
//! The page contains no scripts and loads nothing. Styles and pictures are inline. Every text is
//! escaped.

use maud::{Markup, PreEscaped, html};

use super::document::{
    Banner, Column, ColumnKind, Content, Document, Item, Line, Mark, Part, Span, Table,
};
use super::summary::anchor;
use super::verdicts::outcome_word;
use crate::i18n::{Language, fl};
use crate::report::RunOutcome;

const STYLE: &str = include_str!("style.css");

/// The content security policy: nothing is loaded, and no script runs.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// Tables with more columns than this are shown as cards on a narrow screen.
const COLUMNS: usize = 3;

impl Document {
    /// The first bytes of every page. No other file begins with them.
    pub const PAGE_BEGINS: &'static str = "<!DOCTYPE html>\n<!-- crm-backup report -->\n";

    /// The document as an HTML page.
    pub fn html(&self) -> String {
        let language = self.language;
        let page = Page { language, level: 2, prefix: String::new() };
        let summary = self.summary();
        let first = summary.as_ref().or(self.parts.first());
        let worst = first.and_then(|part| part.banner.outcome);
        let page = html! {
            (PreEscaped(Self::PAGE_BEGINS))
            html lang=(language.tag()) {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(POLICY);
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="robots" content="noindex";
                    title {
                        (self.title)
                        @if let Some(worst) = worst { ": " (outcome_word(worst, language)) }
                    }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    main.page {
                        header {
                            h1 { (self.title) }
                            p.about { (page.line(&self.about())) }
                        }
                        @match &summary {
                            Some(summary) => { (page.part(summary)) (self.archives()) }
                            None => { @for part in &self.parts { (page.part(part)) } }
                        }
                        @if let Some(history) = &self.history { (page.part(history)) }
                        footer { (fl!(language, "page-footer")) }
                    }
                }
            }
        };
        page.into_string() + "\n"
    }

    /// The sections of several archives.
    fn archives(&self) -> Markup {
        html! {
            @for (index, part) in self.parts.iter().enumerate() {
                @let page = Page {
                    language: self.language,
                    level: 3,
                    prefix: format!("a{}-", index + 1),
                };
                section.archive id=(anchor(index)) {
                    h2 { (page.span(&part.name)) }
                    (page.part(part))
                }
            }
        }
    }
}

/// Settings for printing a part.
struct Page {
    language: Language,
    /// The level of the headings of sections.
    level: u8,
    /// The prefix of anchors.
    prefix: String,
}

impl Page {
    fn part(&self, part: &Part) -> Markup {
        let sections = || part.attention.iter().chain(&part.sections);
        html! {
            (self.banner(&part.banner))
            @if sections().nth(1).is_some() {
                nav aria-label=(fl!(self.language, "page-contents")) {
                    ul {
                        @for one in sections() {
                            li { a href={ "#" (self.prefix) (one.id) } { (one.title) } }
                        }
                    }
                }
            }
            @for section in sections() {
                section id={ (self.prefix) (section.id) } {
                    (heading(self.level, &section.title, None))
                    @for block in &section.blocks { (self.block(&block.content)) }
                }
            }
        }
    }

    /// The verdict, and below it whether the export is complete.
    fn banner(&self, banner: &Banner) -> Markup {
        let answer = banner.completeness;
        let is_answer = |index| answer.is_some_and(|(_, at)| index == at);
        let blocks = || banner.blocks.iter().enumerate();
        html! {
            @if let Some(outcome) = banner.outcome {
                div.verdict.(outcome) {
                    p.word {
                        (mark(outcome)) (outcome_word(outcome, self.language))
                        @if let Some(beside) = &banner.beside {
                            (fl!(self.language, "comma")) (beside)
                        }
                    }
                    @for (_, block) in blocks().filter(|(index, _)| !is_answer(*index)) {
                        (self.block(&block.content))
                    }
                }
            }
            @if let Some((answer, _)) = answer {
                div.verdict.(answer) {
                    @for (_, block) in blocks().filter(|(index, _)| is_answer(*index)) {
                        (self.block(&block.content))
                    }
                }
            }
        }
    }

    fn block(&self, content: &Content) -> Markup {
        match content {
            Content::Paragraph(line) => html! { p { (self.line(line)) } },
            Content::Lead(line) => html! { p.lead { (self.line(line)) } },
            Content::Note(line) => html! { p.note { (self.line(line)) } },
            Content::Heading(id, title) => heading(self.level + 1, title, Some(self.anchor(id))),
            Content::Facts(facts) => html! {
                dl { @for (label, value) in facts { dt { (label) } dd { (self.line(value)) } } }
            },
            Content::Table(table) => html! { (self.table(table)) (self.more(table.more)) },
            Content::List(lines) => {
                html! { ul { @for line in lines { li { (self.line(line)) } } } }
            }
            Content::Items(mark, items, more) => self.items(*mark, items, *more),
            Content::Steps(steps) => html! {
                ol.steps {
                    @for (what, command) in steps {
                        li {
                            p { (what) }
                            pre {
                                @for (index, line) in command.iter().enumerate() {
                                    @if index > 0 { "\n" }
                                    code { (line) }
                                }
                            }
                        }
                    }
                }
            },
            Content::Bars(bars, what) => self::bars(bars, what),
        }
    }

    fn anchor(&self, id: &str) -> String {
        format!("{}{id}", self.prefix)
    }

    fn items(&self, mark: Mark, items: &[Item], more: usize) -> Markup {
        let class = match mark {
            Mark::Failure => "findings failed",
            Mark::Skipped => "findings unverified",
            Mark::Note => "findings",
        };
        // The verdict and the tables link to failures.
        let anchor = |index: usize| {
            (mark == Mark::Failure).then(|| self.anchor(&format!("finding-{}", index + 1)))
        };
        html! {
            ul class=(class) {
                @for (index, item) in items.iter().enumerate() {
                    li id=[anchor(index)] {
                        p { (self.line(&item.text)) }
                        @if !item.values.is_empty() {
                            dl {
                                @for (label, value) in &item.values {
                                    dt { (label) }
                                    dd { code { (value) } }
                                }
                            }
                        }
                    }
                }
            }
            (self.more(more))
        }
    }

    /// A table in a frame that scrolls if the table is wider than the page. On a narrow page, each
    /// row is a card, and each cell shows its heading.
    fn table(&self, table: &Table) -> Markup {
        let cards = table.columns.len() > COLUMNS;
        let class = |column: &Column| match column.kind {
            ColumnKind::Text => None,
            ColumnKind::Number => Some("number"),
            ColumnKind::Figure => Some("number long"),
            ColumnKind::Digest => Some("digest"),
        };
        let cell = |index: usize, cell: &Line| {
            let column = &table.columns[index];
            let (class, label) = (class(column), cards.then_some(&column.title));
            html! {
                @if index == 0 { th scope="row" class=[class] { (self.line(cell)) } }
                @else { td class=[class] data-label=[label] { (self.line(cell)) } }
            }
        };
        html! {
            div.frame role="region" tabindex="0" aria-label=(table.label) {
                table class=[cards.then_some("cards")] {
                    thead {
                        tr {
                            @for column in &table.columns {
                                th scope="col" class=[class(column)] { (column.title) }
                            }
                        }
                    }
                    tbody {
                        @for row in &table.rows {
                            tr { @for (index, one) in row.iter().enumerate() { (cell(index, one)) } }
                        }
                    }
                }
            }
        }
    }

    fn more(&self, more: usize) -> Markup {
        html! { @if more > 0 { p.note { (fl!(self.language, "rows-not-shown", count = more)) } } }
    }

    fn line(&self, line: &Line) -> Markup {
        html! { @for span in &line.0 { (self.span(span)) } }
    }

    fn span(&self, span: &Span) -> Markup {
        match span {
            Span::Text(text) => html! { (text) },
            Span::Foreign(text) => html! { bdi { (text) } },
            Span::Code(text) => html! { code { (text) } },
            Span::Command(lines) => html! { @for line in lines { code.line { (line) } } },
            Span::Outcome(outcome) => html! {
                span.small.(outcome) {
                    (mark(*outcome)) (outcome_word(*outcome, self.language))
                }
            },
            Span::Fault(text) => html! { span.fault { (text) } },
            Span::Link(to, span) => {
                html! { a href={ "#" (self.anchor(to)) } { (self.span(span)) } }
            }
            Span::Aside(line) => html! { span.original { (self.line(line)) } },
        }
    }
}

fn heading(level: u8, title: &str, id: Option<String>) -> Markup {
    html! {
        @match level {
            2 => h2 id=[id] { (title) },
            3 => h3 id=[id] { (title) },
            _ => h4 id=[id] { (title) },
        }
    }
}

/// The symbol of a verdict. The symbols have different shapes, so that they do not depend on
/// colour.
fn mark(outcome: RunOutcome) -> Markup {
    let shape = match outcome {
        RunOutcome::Proven => {
            r#"<circle cx="12" cy="12" r="10.5"/><path d="M7 12.5l3.5 3.5L17 9"/>"#
        }
        RunOutcome::Intact => {
            r#"<rect x="2" y="2" width="20" height="20" rx="2"/><path d="M7 9.5h10M7 14.5h10"/>"#
        }
        RunOutcome::Unverified => {
            r#"<path d="M12 2L22.5 21.5h-21z"/><path d="M12 9v6M12 17.8v.4"/>"#
        }
        RunOutcome::Failed => {
            r#"<path d="M8 1.5h8L22.5 8v8L16 22.5H8L1.5 16V8z"/><path d="M8.5 8.5l7 7M15.5 8.5l-7 7"/>"#
        }
        RunOutcome::Error => r#"<circle cx="12" cy="12" r="10.5"/><path d="M7 12h10"/>"#,
    };
    html! {
        svg.mark viewBox="0 0 24 24" aria-hidden="true" focusable="false" { (PreEscaped(shape)) }
    }
}

/// A bar chart. The last bar is on the right.
fn bars(bars: &[(f64, bool)], what: &str) -> Markup {
    let most = bars.iter().map(|(number, _)| *number).fold(f64::MIN_POSITIVE, f64::max);
    let step = 600.0 / bars.len().max(1) as f64;
    let width = (step * 0.7).min(40.0);
    html! {
        figure {
            svg.drills viewBox="0 0 600 100" role="img" aria-label=(what) {
                @for (index, (number, good)) in bars.iter().enumerate() {
                    @let height = (number / most * 90.0).clamp(2.0, 90.0);
                    @let x = step * index as f64 + (step - width) / 2.0;
                    rect class=(if *good { "good" } else { "hollow" })
                        x=(format_args!("{x:.1}")) y=(format_args!("{:.1}", 95.0 - height))
                        width=(format_args!("{width:.1}")) height=(format_args!("{height:.1}")) {}
                }
                path d="M0 95.5h600" {}
            }
            figcaption.note { (what) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_escaped_and_isolated() {
        let page = Page { language: Language::English, level: 2, prefix: String::new() };
        let html = page.span(&Span::name("</bdi><script>'\"&\u{202e}\n")).into_string();
        assert_eq!(html, "<bdi>&lt;/bdi&gt;&lt;script&gt;'&quot;&amp;\\u{202e}\\u{a}</bdi>");
    }
}
