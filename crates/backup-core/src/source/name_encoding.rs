//! The encoding of file names that are not Unicode: in ZIP files, and in folders that such ZIP
//! files were unpacked into.
//!
//! One program wrote the names of a container, so one encoding is chosen for all of them together.
//! Each candidate decodes all names, and the most plausible text wins: frequent characters of a
//! script, next to characters of the same script.

use chardetng::EncodingDetector;
use encoding_rs::{
    BIG5, EUC_KR, Encoding, GB18030, IBM866, KOI8_R, SHIFT_JIS, UTF_8, WINDOWS_1250, WINDOWS_1251,
    WINDOWS_1252,
};

use super::code_pages::CodePage;

/// The numbers of the code pages of DOS that are tried. The ZIP specification uses 437 for names
/// without the UTF-8 flag.
const DOS: [(u16, &str); 3] =
    [(437, "code page 437"), (850, "code page 850"), (852, "code page 852")];

/// How much a name speaks against an encoding in which it is not valid. Names may be cut within a
/// character, so one such name among many does not.
const UNDECODABLE: i32 = 24;

/// Characters that names of tables and files often contain, in each East Asian encoding. The
/// standards of Chinese and Korean sort frequent characters by their sound, so their numbers do not
/// show how frequent one is.
const COMMON: [(&Encoding, &str); 4] = [
    (
        GB18030,
        "客户联系人商机合同订单产品报价跟进记录线索回款发票市场活动公司员工表附件文数据名称编号地址电话\
         的一是不了在有中大来上国和个年月日时出下生会理部门管信息导全新老总明细统计报销售采购库存付收\
         入账财务人事项目任务日程邮箱备注历史清单资料说明图片照服应商分类标签省市区",
    ),
    (
        BIG5,
        "客戶聯絡人商機合約訂單產品報價公司附件發票活動的一是不了在有中大來上國和個年月日時出下生會理\
         部門管信息資料全新老總明細統計銷售採購庫存付收入帳財務項目任務郵備註歷史清單說明圖片服應分類",
    ),
    (
        SHIFT_JIS,
        "顧客取引先商談売上受注一覧会社活動履歴商品担当者連絡予定日報見積請求書管理表名前住所電話番号",
    ),
    (
        EUC_KR,
        "고객연락처거래영업기회계약제품견적서활동주문회사첨부파일목록정보데이터이름주소전화번호관리자료\
         이가다는을를에의하지로도사리인대나어아시해은한수보원구그상라장과성안조만소니유비게신방국세경교",
    ),
];

/// The encoding of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameEncoding {
    Web(&'static Encoding),
    /// A code page of DOS, by its number.
    Dos(u16),
}

/// Whether names of ZIP members can have the encoding with this name.
pub fn is_name_encoding(name: &str) -> bool {
    NameEncoding::named(name).is_some()
}

/// The encodings that are tried, and the opinion of a detector.
const CANDIDATES: [NameEncoding; 12] = [
    NameEncoding::Web(GB18030),
    NameEncoding::Web(BIG5),
    NameEncoding::Web(SHIFT_JIS),
    NameEncoding::Web(EUC_KR),
    NameEncoding::Dos(437),
    NameEncoding::Web(WINDOWS_1252),
    NameEncoding::Web(IBM866),
    NameEncoding::Web(KOI8_R),
    NameEncoding::Web(WINDOWS_1251),
    NameEncoding::Dos(850),
    NameEncoding::Dos(852),
    NameEncoding::Web(WINDOWS_1250),
];

impl NameEncoding {
    /// The encoding with this name, such as `gbk`, `cp437` or `shift_jis`.
    pub(super) fn named(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        let number = ["cp", "ibm", "dos-", "ms", "windows-"];
        let page = number.iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(&name);
        let dos = DOS.iter().find(|(number, _)| number.to_string() == *page);
        if let Some((number, _)) = dos {
            return Some(Self::Dos(*number));
        }
        Some(match page {
            "932" => Self::Web(SHIFT_JIS),
            "936" => Self::Web(GB18030),
            "949" => Self::Web(EUC_KR),
            "950" => Self::Web(BIG5),
            "65001" => Self::Web(UTF_8),
            _ => match Encoding::for_label(name.as_bytes())? {
                encoding if encoding == encoding_rs::GBK => Self::Web(GB18030),
                encoding if encoding.is_ascii_compatible() => Self::Web(encoding),
                _ => return None,
            },
        })
    }

    /// Its name, for people.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Web(encoding) if encoding == GB18030 => "GB18030",
            Self::Web(encoding) => encoding.name(),
            Self::Dos(page) => {
                DOS.iter().find(|(dos, _)| *dos == page).map_or("", |(_, name)| name)
            }
        }
    }

    /// Decodes a name; `None` if it has bytes that the encoding does not have.
    pub(super) fn decode(self, name: &[u8]) -> Option<String> {
        match self {
            Self::Web(encoding) => encoding
                .decode_without_bom_handling_and_without_replacement(name)
                .map(|text| text.into_owned()),
            Self::Dos(page) => Some(of_code_page(name, page)),
        }
    }

    /// Decodes a name. Bytes that the encoding does not have are read in code page 437, which has
    /// all.
    pub(super) fn decode_any(self, name: &[u8]) -> String {
        self.decode(name).unwrap_or_else(|| of_code_page(name, 437))
    }

    /// The most plausible encoding of names that are not all UTF-8.
    pub(super) fn guess<'a>(names: impl Iterator<Item = &'a [u8]> + Clone) -> Self {
        let mut detector = EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
        for name in names.clone() {
            detector.feed(name, false);
            detector.feed(b"\n", false);
        }
        detector.feed(b"", true);
        let likely = detector.guess(None, chardetng::Utf8Detection::Deny);
        let likely_one = Some(Self::Web(likely)).filter(|_| likely.is_single_byte());
        let candidates = CANDIDATES.into_iter().chain(likely_one);
        let scored = candidates.map(|candidate| {
            let score = |name| match candidate.decode(name) {
                Some(text) => candidate.plausibility(&text, likely),
                None => -UNDECODABLE,
            };
            (names.clone().map(score).sum::<i32>(), candidate)
        });
        // Of equal ones, the first is taken.
        let best = scored.reduce(|best, next| if next.0 > best.0 { next } else { best });
        // Without a plausible one, the names are in the code page of the ZIP specification.
        let best = best.filter(|(score, _)| *score > 0);
        best.map_or(Self::Dos(437), |(_, encoding)| encoding)
    }

    /// How plausible a decoded name is. `likely` is the opinion of a detector, which knows the
    /// frequencies of East Asian characters.
    fn plausibility(self, text: &str, likely: &'static Encoding) -> i32 {
        let characters: Vec<char> = text.chars().collect();
        let at = |place: Option<usize>| place.and_then(|place| characters.get(place)).copied();
        let is_likely = match self {
            Self::Web(encoding) => {
                encoding == likely || encoding == GB18030 && likely == encoding_rs::GBK
            }
            Self::Dos(..) => false,
        };
        let mut score = 0;
        for (place, character) in characters.iter().enumerate() {
            if character.is_ascii() {
                continue;
            }
            let neighbours = [at(place.checked_sub(1)), at(Some(place + 1))];
            score += match self {
                Self::Web(encoding) if is_east_asian(encoding) => {
                    // Words of another script contain no single East Asian character.
                    let is_letter = |c: &Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
                    let is_same = |c: &Option<char>| c.is_some_and(|c| !c.is_ascii());
                    let is_alone = !neighbours.iter().any(is_same);
                    let is_wide_latin = matches!(character, '\u{ff01}'..='\u{ff5e}');
                    match (is_alone || is_wide_latin) && neighbours.iter().any(is_letter) {
                        true => -6,
                        false => 2 * of_east_asia(encoding, *character) + i32::from(is_likely) * 2,
                    }
                }
                Self::Web(_) if is_of_another_script(*character) => {
                    2 * of_another_script(*character, neighbours)
                }
                _ => 2 * of_letters(*character, neighbours),
            };
        }
        // The frequent Korean syllables have the first bytes of only two thirds of the frequent
        // Chinese characters. So if many characters are Korean, this is no coincidence.
        let is_korean = |c: &&char| matches!(c, '\u{ac00}'..='\u{d7a3}');
        let korean = characters.iter().filter(is_korean).count() as i32;
        if self == Self::Web(EUC_KR) { score + korean / 5 } else { score }
    }
}

fn of_code_page(name: &[u8], page: u16) -> String {
    let page = CodePage::of(page);
    page.map_or_else(|| String::from_utf8_lossy(name), |page| page.decode(name)).into_owned()
}

fn is_east_asian(encoding: &'static Encoding) -> bool {
    [GB18030, BIG5, SHIFT_JIS, EUC_KR].contains(&encoding)
}

/// How plausible a character of an East Asian encoding is. The standards list frequent characters
/// first.
fn of_east_asia(encoding: &'static Encoding, character: char) -> i32 {
    let text = character.to_string();
    let (bytes, _, _) = encoding.encode(&text);
    let [lead, trail, ..] = *bytes else { return -1 };
    match character {
        '\u{3000}'..='\u{303f}' | '\u{ff01}'..='\u{ff5e}' => 1,
        '\u{3041}'..='\u{30fe}' if encoding == SHIFT_JIS => 3,
        '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' => {
            let (frequent, others) = if encoding == GB18030 {
                (0xb0..=0xd7, 0xd8..=0xf7)
            } else if encoding == BIG5 {
                (0xa4..=0xc6, 0xc9..=0xf9)
            } else if encoding == SHIFT_JIS {
                (0x88..=0x97, 0x98..=0xea)
            } else {
                (0xb0..=0xc8, 0xca..=0xfd)
            };
            let is_old = matches!(encoding.name(), "Big5" | "Shift_JIS") || trail >= 0xa1;
            let is_common =
                |(one, common): &(&Encoding, &str)| *one == encoding && common.contains(character);
            match lead {
                _ if COMMON.iter().any(is_common) => 6,
                lead if is_old && frequent.contains(&lead) => 3,
                lead if is_old && others.contains(&lead) => 0,
                _ => -1,
            }
        }
        '\u{e000}'..='\u{f8ff}' => -5,
        _ => -1,
    }
}

/// Whether this is a Greek, Hebrew, Arabic or Thai letter. Code pages of DOS have Greek letters as
/// signs of mathematics.
fn is_of_another_script(character: char) -> bool {
    matches!(character, 'Ά'..='ώ' | 'א'..='ת' | 'ء'..='ي' | 'ก'..='๛')
}

/// How plausible such a letter is, between these neighbours.
fn of_another_script(character: char, [before, after]: [Option<char>; 2]) -> i32 {
    let is_other =
        |c: Option<char>| c.is_some_and(|c| c.is_alphabetic() && !is_of_another_script(c));
    let is_letter = |c: Option<char>| c.is_some_and(is_of_another_script);
    let is_misplaced = character == 'ς' && is_letter(after)
        || character.is_uppercase() && before.is_some_and(char::is_lowercase);
    match is_misplaced || is_other(before) || is_other(after) {
        true => -3,
        false => 2 - i32::from(character.is_uppercase()),
    }
}

/// How plausible a character of a single-byte encoding is, between these neighbours.
fn of_letters(character: char, [before, after]: [Option<char>; 2]) -> i32 {
    let is_latin = |c: char| matches!(c, 'À'..='ɏ') && !matches!(c, '×' | '÷' | 'ƒ');
    let is_cyrillic = |c: char| matches!(c, 'Ѐ'..='џ');
    let is_upper_within = before.is_some_and(char::is_lowercase) && character.is_uppercase();
    if is_latin(character) {
        match is_upper_within {
            true => -2,
            false if before.is_some_and(is_latin) => 0,
            false => 2,
        }
    } else if is_cyrillic(character) {
        let is_mixed = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic() || is_latin(c));
        let common = "оеаинтсрвлкмдпуязы";
        let is_common = character.to_lowercase().all(|c| common.contains(c));
        match is_mixed(before) || is_mixed(after) || is_upper_within {
            true => -3,
            false => 1 + i32::from(is_common && !character.is_uppercase()),
        }
    } else {
        let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
        match character {
            '\u{80}'..='\u{9f}' => -5,
            '“' | '‘' if !is_letter(before) => 0,
            '”' if !is_letter(after) => 0,
            '–' | '—' if is_letter(before) == is_letter(after) && !is_letter(before) => 0,
            '’' => 0,
            _ if is_letter(before) => -3,
            _ => -1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names in an encoding.
    fn encoded(encoding: NameEncoding, names: &[&str]) -> Vec<Vec<u8>> {
        let one = |name: &&str| match encoding {
            NameEncoding::Web(encoding) => encoding.encode(name).0.into_owned(),
            NameEncoding::Dos(page) => {
                let is = |byte: &u8, c: char| of_code_page(&[*byte], page) == c.to_string();
                let byte = |c: char| (0..=u8::MAX).find(|byte| is(byte, c)).expect("it has it");
                name.chars().map(byte).collect()
            }
        };
        names.iter().map(one).collect()
    }

    #[test]
    fn the_encoding_of_names_is_recognized() {
        for (label, names) in [
            ("gb18030", &["客户.csv"][..]),
            ("gb18030", &["联系人.csv", "商机/明细.csv"]),
            ("gb18030", &["合同.csv", "README.txt"]),
            ("gb18030", &["订单.csv"]),
            ("gb18030", &["报价单.csv"]),
            ("big5", &["商機.csv"]),
            ("euc-kr", &["제품.csv"]),
            ("euc-kr", &["계약.csv"]),
            ("big5", &["客戶.csv", "聯絡人.csv"]),
            ("shift_jis", &["顧客.csv", "連絡先リスト.csv"]),
            ("euc-kr", &["고객 목록.csv", "연락처.csv", "거래처 정보.csv"]),
            ("koi8-r", &["Клиенты.csv", "Сделки.csv"]),
            ("windows-1251", &["Клиенты.csv", "сделки.csv"]),
            ("cp866", &["Клиенты.csv", "контакты.csv"]),
            ("cp437", &["Müller.csv", "Café.csv"]),
            ("cp437", &["Müller.csv"]),
            ("cp437", &["Kundenübersicht.csv", "Größe.csv"]),
            ("windows-1252", &["Müller.csv", "Café.csv"]),
            ("cp437", &["Sociétés.csv"]),
            ("cp850", &["Informações.csv"]),
            ("windows-1252", &["Informações.csv"]),
            ("windows-1252", &["Compañías.csv"]),
            ("windows-1252", &["Contrôle qualité.csv"]),
            ("windows-1252", &["Müller.csv", "Café.csv", "“q”.csv"]),
            ("windows-1252", &["L’été – liste.csv"]),
            ("cp850", &["Müller.csv", "São Paulo.csv"]),
            ("cp852", &["Łódź.csv", "Žižka.csv"]),
            ("cp852", &["klienci_Łódź.csv"]),
            ("windows-1250", &["Łódź.csv", "Žižka.csv"]),
            ("iso-8859-7", &["Πελάτες.csv", "Επαφές.csv"]),
            ("windows-1253", &["Πελάτες.csv"]),
            ("windows-1255", &["לקוחות.csv"]),
            ("windows-1256", &["جهات الاتصال.csv", "العملاء.csv"]),
            ("windows-874", &["ลูกค้า.csv"]),
        ] {
            let encoding = NameEncoding::named(label).expect("it is known");
            let raw = encoded(encoding, names);
            let guessed = NameEncoding::guess(raw.iter().map(Vec::as_slice));
            let decoded: Vec<_> = raw.iter().map(|name| guessed.decode_any(name)).collect();
            assert_eq!(decoded, names, "{label} was taken for {}", guessed.name());
        }
    }

    #[test]
    fn a_name_that_was_cut_within_a_character_does_not_change_the_encoding_of_the_others() {
        for (label, name) in
            [("gbk", "客户"), ("big5", "客戶"), ("shift_jis", "顧客"), ("euc-kr", "고객")]
        {
            let encoding = NameEncoding::named(label).expect("it is known");
            let names = (0..1000).map(|number| format!("{name}{number}.csv"));
            let mut raw: Vec<_> = names.flat_map(|name| encoded(encoding, &[&name])).collect();
            let mut cut = encoded(encoding, &[name]).remove(0);
            cut.pop();
            raw.push(cut);
            let guessed = NameEncoding::guess(raw.iter().map(Vec::as_slice));
            assert_eq!(guessed, encoding, "{label}");
        }
    }

    #[test]
    fn encodings_have_the_names_that_people_use() {
        for (label, name) in [
            ("cp437", "code page 437"),
            ("IBM850", "code page 850"),
            ("852", "code page 852"),
            ("gbk", "GB18030"),
            ("cp936", "GB18030"),
            ("cp932", "Shift_JIS"),
            ("big5", "Big5"),
            ("koi8-r", "KOI8-R"),
            ("euc-kr", "EUC-KR"),
            ("utf-8", "UTF-8"),
        ] {
            assert_eq!(NameEncoding::named(label).map(NameEncoding::name), Some(name), "{label}");
        }
        assert_eq!(NameEncoding::named("utf-16le"), None, "names are bytes without NULs");
        assert_eq!(NameEncoding::named("nonsense"), None);
    }
}
