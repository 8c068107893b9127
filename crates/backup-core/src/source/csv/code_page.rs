//! Code pages of DOS that the Encoding Standard does not define, as encodings of CSV files.

use crate::source::code_pages;

/// A code page: its name, and its number. Its lower half is ASCII.
#[derive(Debug)]
pub(crate) struct CodePage {
    pub(super) name: &'static str,
    number: u16,
}

pub(super) static CP437: CodePage = CodePage { name: "cp437", number: 437 };
pub(super) static CP850: CodePage = CodePage { name: "cp850", number: 850 };
pub(super) static CP852: CodePage = CodePage { name: "cp852", number: 852 };

const PAGES: [&CodePage; 3] = [&CP437, &CP850, &CP852];

impl CodePage {
    /// The code page with this name.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        PAGES.into_iter().find(|page| page.name == name)
    }

    pub(super) fn decode(&self, bytes: &[u8], out: &mut String) {
        let page = code_pages::CodePage::of(self.number).expect("its number is known");
        out.push_str(&page.decode(bytes));
    }

    /// Encodes text. Returns `None` if the code page does not have one of its characters.
    pub(super) fn encode(&self, text: &str, out: &mut Vec<u8>) -> Option<()> {
        let mut upper = String::new();
        self.decode(&(0x80..=u8::MAX).collect::<Vec<_>>(), &mut upper);
        let upper: Vec<char> = upper.chars().collect();
        for c in text.chars() {
            let index = || upper.iter().position(|one| *one == c);
            out.push(if c.is_ascii() { c as u8 } else { index()? as u8 + 0x80 });
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_decoded_and_encoded_again() {
        for page in PAGES {
            let bytes: Vec<u8> = (0..=u8::MAX).collect();
            let (mut text, mut back) = (String::new(), Vec::new());
            page.decode(&bytes, &mut text);
            assert_eq!(text.chars().count(), 256, "{}", page.name);
            assert!(page.encode(&text, &mut back).is_some(), "{}", page.name);
            assert_eq!(back, bytes, "{}", page.name);
            assert!(page.encode("中", &mut back).is_none(), "{}", page.name);
        }
    }

    #[test]
    fn characters_are_those_of_the_published_mappings() {
        let cases: [(&str, &[u8], &str); 3] = [
            ("cp437", b"\x81\x82\x9b\xb0\xe1\xe3\xfe\xff", "üé¢░ßπ■\u{a0}"),
            ("cp850", b"\x81\x82\x9b\xb0\xb5\xd5\xe1\xf0", "üéø░Áıß\u{ad}"),
            ("cp852", b"\x81\x82\x9d\xa9\xa5\xe7\xff", "üéŁęąš\u{a0}"),
        ];
        for (name, bytes, expected) in cases {
            let mut text = String::new();
            let page = CodePage::named(name).expect("a known name");
            page.decode(bytes, &mut text);
            assert_eq!(text, expected, "{name}");
        }
    }
}
