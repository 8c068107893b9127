//! Distinguishes dates and durations from numbers by their number format.
//!
//! A format has up to four sections, separated by semicolons: for positive numbers, negative
//! numbers, zero and text. Conditions such as `[>=100]` may replace the first two. The section that
//! applies to a number decides.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::hash::Hash;

use super::super::value::CellValue;

/// How a number is displayed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Display {
    #[default]
    Number,
    /// A date, a time of day, or both.
    Date,
    /// Hours, minutes or seconds that are not reduced to a day.
    Duration,
}

impl Display {
    pub(super) const ALL: [Self; 3] = [Self::Number, Self::Date, Self::Duration];

    /// The number of a format that displays numbers in this way, and that the library knows.
    pub(super) fn builtin_format(self) -> u16 {
        match self {
            Self::Number => 0,
            Self::Date => 22,
            Self::Duration => 46,
        }
    }
}

/// A number format.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct NumberFormat {
    /// Sections with a condition that display numbers in another way than `otherwise`, or come
    /// before such a section. The first one that applies decides.
    sections: [Option<(Condition, Display)>; 2],
    otherwise: Display,
}

/// A condition for a number: how it compares with another one.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Condition {
    is_less: bool,
    is_equal: bool,
    is_greater: bool,
    than: f64,
}

impl NumberFormat {
    /// The format with this code, such as `yyyy-mm-dd` or `0.00;[Red]-0.00`.
    pub(super) fn of_code(code: &str) -> Self {
        let mut sections: Vec<Section> = sections(code);
        // The last section may be for text.
        if sections.len() < 4 && sections.last().is_some_and(|last| last.is_text) {
            sections.pop();
        }
        let zero = |operator: &str| Condition::parse(operator, "0");
        let section =
            |section: &Section, default| Some((section.condition.or(default)?, section.display));
        let (sections, otherwise) = match &sections[..] {
            [] => ([None; 2], Display::Number),
            [only] if only.condition.is_none() => ([None; 2], only.display),
            [only] => ([section(only, None), None], Display::Number),
            [first, second] if second.condition.is_none() => {
                ([section(first, zero(">=")), None], second.display)
            }
            [first, second] => {
                ([section(first, zero(">=")), section(second, None)], Display::Number)
            }
            [first, second, third, ..] => {
                ([section(first, zero(">")), section(second, zero("<"))], third.display)
            }
        };
        match sections.iter().flatten().all(|(_, display)| *display == otherwise) {
            true => Self::always(otherwise),
            false => Self { sections, otherwise },
        }
    }

    /// The format with this number. One that the file defines replaces that of Excel.
    pub(super) fn of_id<N>(id: N, defined: &HashMap<N, Self>) -> Self
    where
        N: Copy + Eq + Hash + TryInto<u32>,
    {
        let builtin = || Self::of_builtin(id.try_into().unwrap_or_default());
        defined.get(&id).copied().unwrap_or_else(builtin)
    }

    /// The format with this number, unless the file defines it. Those from 27 on are of East Asian
    /// versions, and those from 71 on of Thai ones.
    fn of_builtin(id: u32) -> Self {
        Self::always(match id {
            14..=22 | 27..=36 | 45 | 47 | 50..=58 | 71..=78 | 80..=81 => Display::Date,
            46 | 79 => Display::Duration,
            _ => Display::Number,
        })
    }

    fn always(otherwise: Display) -> Self {
        Self { sections: [None; 2], otherwise }
    }

    /// How a number is displayed to which no condition applies.
    pub(super) fn otherwise(self) -> Display {
        self.otherwise
    }

    pub(super) fn display(self, number: f64) -> Display {
        let mut sections = self.sections.into_iter().flatten();
        let applies = sections.find(|(condition, _)| condition.applies(number));
        applies.map_or(self.otherwise, |(_, display)| display)
    }

    /// The value of a number in this format.
    pub(crate) fn value(self, number: f64) -> CellValue<&'static str> {
        match self.display(number) {
            Display::Number => CellValue::Number(number),
            Display::Date => CellValue::Date(number),
            Display::Duration => CellValue::Duration(number),
        }
    }
}

impl Condition {
    fn parse(operator: &str, than: &str) -> Option<Self> {
        let has = |sign| operator.contains(sign);
        let than = than.trim().replace(',', ".").parse().ok()?;
        Some(Self { is_less: has('<'), is_equal: has('='), is_greater: has('>'), than })
            .filter(|_| !operator.is_empty())
    }

    fn applies(self, number: f64) -> bool {
        match number.partial_cmp(&self.than) {
            Some(Ordering::Less) => self.is_less,
            Some(Ordering::Equal) => self.is_equal,
            Some(Ordering::Greater) => self.is_greater,
            None => false,
        }
    }
}

/// A section of a number format.
#[derive(Debug, Default)]
struct Section {
    condition: Option<Condition>,
    display: Display,
    /// Whether it has placeholders for digits, which dates do not have.
    has_digits: bool,
    is_text: bool,
}

fn sections(code: &str) -> Vec<Section> {
    let (mut sections, mut rest) = (vec![Section::default()], code);
    while let (Some(first), Some(section)) = (rest.chars().next(), sections.last_mut()) {
        let after = &rest[first.len_utf8()..];
        rest = match first {
            '"' => after.split_once('"').map_or("", |(_, after)| after),
            // The next character is displayed, left blank, or repeated.
            '\\' | '_' | '*' => after.char_indices().nth(1).map_or("", |(at, _)| &after[at..]),
            '[' => {
                let (inside, after) = after.split_once(']').unwrap_or((after, ""));
                section.bracket(inside);
                without_fraction(after)
            }
            ';' => {
                sections.push(Section::default());
                after
            }
            '0' | '#' | '?' => {
                (section.has_digits, section.display) = (true, Display::Number);
                after
            }
            '@' => {
                section.is_text = true;
                after
            }
            // `General` in Chinese and Japanese.
            'g' | 'G' if after.starts_with('/') => after,
            first if first.is_ascii_alphabetic() => {
                let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
                let (word, after) = rest.split_at(end);
                if is_date(word, after) {
                    section.show(Display::Date);
                }
                if word.ends_with(['s', 'S']) { without_fraction(after) } else { after }
            }
            _ => after,
        };
    }
    sections
}

impl Section {
    /// A part of a date or time. The first one decides.
    fn show(&mut self, display: Display) {
        if !self.has_digits && self.display == Display::Number {
            self.display = display;
        }
    }

    /// Brackets contain an elapsed time such as `[hh]`, a condition, a colour or a language.
    fn bracket(&mut self, inside: &str) {
        let unit = inside.bytes().next().map(|byte| byte.to_ascii_lowercase());
        let is_unit = |byte: u8| Some(byte.to_ascii_lowercase()) == unit;
        if matches!(unit, Some(b'h' | b'm' | b's')) && inside.bytes().all(is_unit) {
            self.show(Display::Duration);
        } else {
            let than = inside.trim_start_matches(['<', '=', '>']);
            let operator = &inside[..inside.len() - than.len()];
            self.condition = self.condition.or_else(|| Condition::parse(operator, than));
        }
    }
}

/// Whether a word consists of years, months, days, hours, minutes, seconds, eras, Buddhist years or
/// weekdays. `General` does not, in any language.
fn is_date(word: &str, after: &str) -> bool {
    let word = word.to_ascii_lowercase();
    let is_half_day = |after: &str| after.as_bytes().first().is_some_and(|byte| *byte == b'/');
    let word = match word.strip_suffix("am").or_else(|| word.strip_suffix('a')) {
        Some(rest) if is_half_day(after) => return rest.is_empty() || is_date(rest, ""),
        _ => word,
    };
    let repeated = |letter: char| word.chars().filter(|c| *c == letter).count();
    word.chars().all(|c| "ymdhsegba".contains(c)) && repeated('a') != 1 && repeated('b') != 1
}

/// The rest of a format after the fraction of a second, if it begins with one.
fn without_fraction(rest: &str) -> &str {
    let after = rest.strip_prefix('\\').unwrap_or(rest);
    match after.strip_prefix(['.', ',']) {
        Some(zeros) if zeros.starts_with('0') => zeros.trim_start_matches('0'),
        _ => rest,
    }
}

#[cfg(test)]
mod tests {
    use super::Display::{self, Date, Duration, Number};
    use super::NumberFormat;

    #[test]
    fn number_formats_are_those_that_excel_displays() {
        for (display, codes) in [
            (
                Number,
                &[
                    "",
                    "General",
                    "GENERAL",
                    "Standard",
                    "Estándar",
                    "Geral",
                    "Основной",
                    "G/通用格式",
                    "G/通用格式\"d\"",
                    "[$-804]G/通用格式",
                    "0.00E+00",
                    "##0.0E-0",
                    "# ?/?",
                    "#,##0.00_);[Red](#,##0.00)",
                    "_(* #,##0_d;_(* (#,##0);_(* \"-\"_);_(@_)",
                    "\"DM \"#,##0.00",
                    "0.00 DM",
                    "0.00 kg",
                    "0 GB",
                    "0 g",
                    "b0",
                    "0 ge",
                    "DM 0.00",
                    "Rs.0.00",
                    "Bs 0.00",
                    "Dhs 0.00",
                    "0 days",
                    "[Red][=50]General;0",
                    "0 \"days\"",
                    "\"a_\"0",
                    "\"*\"0",
                    "\"\\\"0",
                    "0\\d",
                    "0_d",
                    "0*y",
                    "[$DM-407] 0",
                    "[Magenta]0",
                    "[Yellow]0.0",
                    "[>=100][Magenta].00",
                    "@",
                    ";;;",
                    "\"Yes\";\"Yes\";\"No\"",
                    "\"open",
                    "[open",
                    "\\",
                    "[hm]0",
                ][..],
            ),
            (
                Date,
                &[
                    "d",
                    "h",
                    "D/M/YYYY",
                    "yyyymmdd",
                    "\"a_\"yyyy",
                    "\"x*\"d",
                    "*-yyyy",
                    "[$-804]yyyy\"年\"m\"月\"",
                    "yyyy年m月d日",
                    "[$-404]e\"年\"",
                    "[$-411]ggge\"年\"",
                    "[$-804]aaaa",
                    "[$-41E]bbbb",
                    "AM/PM",
                    "hAM/PM",
                    "[$-409]h:mm A/P;@",
                    "[DBNum1][$-804]上午/下午h",
                    "mmss.0",
                    "h:mm:ss,00",
                    "h:mm:ss\\.000",
                    "yyyy-mm-dd;@",
                    "hh:mm Uhr",
                    "TT.MM.JJJJ",
                    "d de mmmm de yyyy",
                ],
            ),
            (Duration, &["[h]:mm", "[HH]", "[ss].000", "[Blue]\\+[h]:mm", "[h]:mm;@"]),
        ] {
            for code in codes {
                let format = NumberFormat::of_code(code);
                assert_eq!(format, NumberFormat::always(display), "{code:?}");
            }
        }
        for (id, expected) in
            [(0, Number), (14, Date), (22, Date), (23, Number), (46, Duration), (71, Date)]
        {
            assert_eq!(NumberFormat::of_builtin(id), NumberFormat::always(expected), "{id}");
        }
    }

    #[test]
    fn the_section_that_applies_to_a_number_decides() {
        let cases: [(&str, [Display; 3]); 15] = [
            ("0;yyyy", [Number, Number, Date]),
            ("yyyy;0", [Date, Date, Number]),
            ("yyyy;0;@", [Date, Date, Number]),
            ("yyyy;0;[h]", [Date, Duration, Number]),
            ("yyyy;;", [Date, Number, Number]),
            ("[=0]\"\";yyyy-mm-dd", [Date, Number, Date]),
            ("[=0]0;yyyy-mm-dd", [Date, Number, Date]),
            ("[<0]0;[=0]0;d", [Date, Number, Number]),
            ("[>1000]d;0", [Date, Number, Number]),
            ("[>1000]d;[h];0", [Date, Number, Duration]),
            ("[<>0]d;0", [Date, Number, Date]),
            ("[<=-1,5]d;0", [Number, Number, Date]),
            ("[>=44000]d", [Date, Number, Number]),
            ("0;[<0]d", [Number, Number, Date]),
            ("\";\"d\\;;0", [Date, Date, Number]),
        ];
        for (code, expected) in cases {
            let displays = [44_000.0, 0.0, -1.5].map(|n| NumberFormat::of_code(code).display(n));
            assert_eq!(displays, expected, "{code:?}: a positive number, zero, a negative one");
        }
    }
}
