//! How likely a text is, if its encoding was guessed: whether its characters stand where people
//! write them.
//!
//! In a wrong encoding, letters become symbols between letters, capitals follow small letters, a
//! single ideograph stands among Latin letters, or the ideographs are rare ones.

use std::collections::HashSet;
use std::sync::LazyLock;

/// The maximum length of a word. Longer ones are rated in parts, so that the time does not depend
/// on the length.
const MOST_LETTERS: usize = 64;

/// The likelihood of a text.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Likelihood {
    /// The sum over all characters outside ASCII, each from 0 to 1.
    sum: f64,
    /// The number of these characters.
    pub(super) characters: f64,
    /// The part of `sum` and `characters` that are Latin letters with accents, and how many of them
    /// each language has.
    latin: f64,
    letters: f64,
    languages: [f64; LANGUAGES.len()],
    /// Whether a letter is at an [unusual](Word::is_unusual) place.
    pub(super) is_unusual: bool,
    /// Whether a letter or sign is where letters of old systems are, if their text is read in
    /// windows-1252: `Groá` and `Gro§` are `Groß`.
    pub(super) is_of_old_system: bool,
}

impl Likelihood {
    pub(super) fn of(text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        let (mut total, mut at) = (Self::default(), 0);
        while at < chars.len() {
            let rest = chars[at..].iter().take(MOST_LETTERS);
            let length = rest.take_while(|c| c.is_alphabetic()).count();
            let before = at.checked_sub(1).map(|before| chars[before]);
            if length == 0 {
                if !chars[at].is_ascii() {
                    // The characters around all symbols here.
                    let is_symbol = |c: &&char| !c.is_ascii() && !c.is_alphabetic();
                    let around = (
                        chars[..at]
                            .iter()
                            .rev()
                            .take(MOST_LETTERS)
                            .find(|c| !is_symbol(c))
                            .copied(),
                        chars[at..].iter().take(MOST_LETTERS).find(|c| !is_symbol(c)).copied(),
                    );
                    let is_sign = "¤§†‡¢£¥¦¬¯¶¸‰".contains(chars[at]);
                    total.is_of_old_system |= is_sign && before.is_some_and(char::is_alphabetic);
                    total.add(symbol(before, chars[at], chars.get(at + 1).copied(), around), 1.0);
                }
                at += 1;
                continue;
            }
            let word = Word {
                chars: &chars[at..at + length],
                before,
                after: chars.get(at + length).copied(),
            };
            if word.chars.iter().any(|c| !c.is_ascii()) {
                word.rate(&mut total);
            }
            at += length;
        }
        total
    }

    /// The average of all characters outside ASCII.
    pub(super) fn average(self) -> f64 {
        // Accented letters that no single language has together are from a wrong encoding.
        let known = self.languages.into_iter().fold(0.0, f64::max) / self.letters.max(1.0);
        let foreign = self.latin * (1.0 - known) * 0.7;
        if self.characters > 0.0 { (self.sum - foreign) / self.characters } else { 0.0 }
    }

    fn add_latin(&mut self, c: char, value: f64) {
        self.add(value, 1.0);
        self.latin += value;
        self.letters += 1.0;
        let small = c.to_lowercase().next().unwrap_or(c);
        for (language, count) in LANGUAGES.iter().zip(&mut self.languages) {
            *count += f64::from(u8::from(language.contains(small)));
        }
    }

    fn add(&mut self, value: f64, weight: f64) {
        self.sum += value * weight;
        self.characters += weight;
    }
}

/// Letters without other characters between them.
struct Word<'a> {
    chars: &'a [char],
    before: Option<char>,
    after: Option<char>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Cyrillic,
    Greek,
    Han,
    Kana,
    HalfKana,
    Hangul,
    /// Hebrew, Arabic and Thai.
    Eastern,
    Private,
    Other,
}

fn script(c: char) -> Script {
    match c {
        'a'..='z' | 'A'..='Z' | '\u{aa}' | '\u{ba}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => {
            Script::Latin
        }
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Script::Greek,
        '\u{400}'..='\u{52f}' => Script::Cyrillic,
        '\u{5d0}'..='\u{5ea}' | '\u{620}'..='\u{6ff}' | '\u{e00}'..='\u{e7f}' => Script::Eastern,
        '\u{3040}'..='\u{30ff}' => Script::Kana,
        '\u{ff66}'..='\u{ff9f}' => Script::HalfKana,
        '\u{ac00}'..='\u{d7a3}' => Script::Hangul,
        '\u{3005}'..='\u{3007}'
        | '\u{3400}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}' => Script::Han,
        '\u{e000}'..='\u{f8ff}' | '\u{f0000}'.. => Script::Private,
        _ => Script::Other,
    }
}

impl Word<'_> {
    fn count(&self, wanted: Script) -> usize {
        self.chars.iter().filter(|c| script(**c) == wanted).count()
    }

    /// Adds each character outside ASCII.
    fn rate(&self, total: &mut Likelihood) {
        let (han, kana) = (self.count(Script::Han), self.count(Script::Kana));
        let hangul = self.count(Script::Hangul);
        let east_asian = han + kana + hangul + self.count(Script::HalfKana);
        let outside = self.chars.iter().filter(|c| !c.is_ascii());
        if self.has_mixed_scripts(east_asian) {
            return outside.for_each(|_| total.add(0.0, 1.0));
        }
        let factor = match () {
            _ if east_asian > 0 => self.east_asian_factor(east_asian, han, kana, hangul),
            // These follow a consonant.
            _ if ('\u{e30}'..='\u{e3a}').contains(&self.chars[0]) => 0.3,
            _ if self.count(Script::Eastern) > 0 && self.chars.len() == 1 => 0.3,
            _ if self.count(Script::Latin) + self.count(Script::Eastern) > 0 => 1.0,
            _ => self.alphabet_factor(),
        };
        let scripts_latin = self.count(Script::Latin) == self.chars.len();
        for (index, c) in self.chars.iter().enumerate().filter(|(_, c)| !c.is_ascii()) {
            match scripts_latin {
                true => {
                    total.add_latin(*c, self.latin(index));
                    total.is_unusual |= self.is_unusual(index);
                    total.is_of_old_system |= *c == 'á' && self.is_between_vowels(index);
                }
                false => total.add(letter(*c) * factor, 1.0),
            }
        }
    }

    /// Whether letters of several alphabets are in one word. Ideographs may stand beside ASCII
    /// letters.
    fn has_mixed_scripts(&self, east_asian: usize) -> bool {
        let ascii = self.chars.iter().filter(|c| c.is_ascii()).count();
        let scripts = [
            Script::Latin,
            Script::Cyrillic,
            Script::Greek,
            Script::Eastern,
            Script::Other,
            Script::Private,
        ];
        let own = scripts.iter().filter(|one| self.count(**one) > 0).count();
        own > 1
            || (east_asian > 0 && own > 0 && self.count(Script::Latin) != ascii)
            || (east_asian > 0 && own > 0 && ascii == 0)
    }

    fn east_asian_factor(&self, all: usize, han: usize, kana: usize, hangul: usize) -> f64 {
        let is_beside_letters = all < self.chars.len();
        let length_factor = match all {
            1 if is_beside_letters => 0.0,
            1 if self.count(Script::HalfKana) > 0 => 0.3,
            1 => 0.8,
            _ => 1.0,
        };
        let mixture_factor = match () {
            _ if hangul > 0 && kana > 0 => 0.1,
            _ if hangul > 0 && han > 0 => 0.5,
            _ => 1.0,
        };
        length_factor * mixture_factor
    }

    /// For words in other alphabets: capitals may only be the first or all letters, and there are
    /// vowels.
    fn alphabet_factor(&self) -> f64 {
        let capitals = self.chars.iter().filter(|c| c.is_uppercase()).count();
        let case_factor = match capitals {
            0 => 1.0,
            1 if self.chars[0].is_uppercase() && self.chars.len() > 1 => 1.0,
            _ if capitals == self.chars.len() => 0.75,
            _ => 0.1,
        };
        let vowels = "аеёиоуыэюяіїєαεηιουωάέήίόύώ";
        let has_vowel =
            self.chars.iter().flat_map(|c| c.to_lowercase()).any(|c| vowels.contains(c));
        let length_factor = if self.chars.len() == 1 { 0.3 } else { 1.0 };
        let vowel_factor = if self.chars.len() > 2 && !has_vowel { 0.3 } else { 1.0 };
        case_factor * vowel_factor * length_factor
    }

    /// Whether a letter is at a place where Western languages do not have it, but Eastern ones have
    /// another letter with the same byte (`Mìsto` is `Město`, `Gyõr` is `Győr`).
    fn is_unusual(&self, index: usize) -> bool {
        let is_vowel = |c: &char| "aeiouyáéíóúůýěäöü".contains(*c);
        let next = self.chars.get(index + 1);
        match self.chars[index] {
            'ì' | 'ò' | 'ù' => next.is_some(),
            'È' | 'Ì' | 'Ò' | 'Ù' | 'Ø' => {
                index == 0 && next.is_some_and(|c| c.is_lowercase())
            }
            'õ' => next != Some(&'e'),
            'ã' => next.is_some_and(|c| !"oes".contains(*c)),
            'è' | 'ń' => next.is_some_and(is_vowel),
            'ñ' => !next.is_some_and(is_vowel),
            'þ' => index > 0,
            'ð' => index == 0,
            _ => false,
        }
    }

    /// Whether a letter follows a vowel, and precedes a vowel or the end of the word.
    fn is_between_vowels(&self, index: usize) -> bool {
        let is_vowel = |c: &char| "aeioy".contains(*c);
        let follows = index > 0 && is_vowel(&self.chars[index - 1]);
        follows && self.chars.get(index + 1).is_none_or(is_vowel)
    }

    /// A letter with an accent in a word of Latin letters.
    fn latin(&self, index: usize) -> f64 {
        let (c, chars) = (self.chars[index], self.chars);
        let follows_small_letter = index > 0 && chars[index - 1].is_lowercase();
        let precedes_capital = chars.get(index + 1).is_some_and(|next| next.is_uppercase());
        let is_capital_within =
            c.is_uppercase() && index > 0 && chars.iter().any(|c| c.is_lowercase());
        if (c.is_uppercase() && follows_small_letter)
            || (c.is_lowercase() && precedes_capital)
            || is_capital_within
        {
            return 0.0;
        }
        let is_outside = |c: &&char| !c.is_ascii();
        let run = chars[index..].iter().take_while(is_outside).count()
            + chars[..index].iter().rev().take_while(is_outside).count();
        let is_beside_symbol =
            [self.before, self.after].into_iter().flatten().any(|c| !c.is_ascii());
        let mut neighbours = [self.before, self.after].into_iter().flatten();
        let is_beside_digit = neighbours.any(|c| c.is_ascii_digit());
        let is_common = COMMON_LATIN.contains(c) && !self.is_unusual(index);
        let value = if is_common { 1.0 } else { 0.5 };
        value
            * match (run, chars.len()) {
                (1, 1) if is_beside_symbol => 0.1,
                (1, 1) if is_beside_digit => 0.2,
                (1, 1) if "àéèêôóòùÀÉÈÓØøåöÖÅ".contains(c) => 0.6,
                (1, 1) => 0.2,
                (run, length) if run == length => 0.2,
                (1, _) => 1.0,
                (2, _) => 0.7,
                _ => 0.1,
            }
    }
}

/// The accented letters of languages.
const LANGUAGES: [&str; 19] = [
    "äöüß",
    "àâæçéèêëîïôœùûüÿ",
    "áéíóúüñªº",
    "áâãàçéêíóôõúü",
    "àèéìíòóù",
    "åäöé",
    "åæøéèô",
    "áðéíóúýþæö",
    "ëïéèüöáó",
    "äõöüšž",
    "ąćęłńóśźż",
    "áčďéěíňóřšťúůýž",
    "áäčďéíĺľňóôŕšťúýž",
    "áéíóöőúüű",
    "ăâîșțşţ",
    "čćđšž",
    "çğıi\u{307}öşüâî",
    "ąčęėįšųūž",
    "āčēģīķļņšūž",
];

/// A letter that is not Latin.
fn letter(c: char) -> f64 {
    let small = c.to_lowercase().next().unwrap_or(c);
    match script(c) {
        Script::Han if is_common_ideograph(c) => 1.0,
        Script::Han => 0.3,
        Script::Hangul if COMMON.contains(&c) => 1.0,
        Script::Hangul => 0.6,
        Script::Kana => 0.9,
        Script::HalfKana => 0.5,
        // Less than for frequent ideographs, as these bytes are often letters in these encodings.
        Script::Eastern => 0.65,
        Script::Cyrillic | Script::Greek if "оеаинтсрвлкмдпуαοιετσνηυρπκμλς".contains(small) => {
            1.0
        }
        Script::Cyrillic if "яыьгзбчйхжшю".contains(small) => 0.8,
        Script::Greek if "δγωθβάέίόύήώχφ".contains(small) => 0.8,
        Script::Cyrillic | Script::Greek => 0.4,
        Script::Private => 0.0,
        _ => 0.5,
    }
}

/// A character that is no letter.
fn symbol(
    before: Option<char>,
    c: char,
    after: Option<char>,
    around: (Option<char>, Option<char>),
) -> f64 {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    let is_within_word = is_letter(around.0) && is_letter(around.1);
    let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let is_ideograph = |c: Option<char>| {
        c.is_some_and(|c| matches!(script(c), Script::Han | Script::Kana | Script::Hangul))
    };
    match c {
        _ if c.is_control() || script(c) == Script::Private => 0.0,
        '\u{2500}'..='\u{259f}' => 0.0,
        '\u{3000}'..='\u{303f}' | '\u{ff01}'..='\u{ff60}' | '\u{2014}'..='\u{2026}'
            if is_ideograph(before) || is_ideograph(after) =>
        {
            0.8
        }
        // Tone marks, which are no letters.
        '\u{e00}'..='\u{e7f}' if before.is_some_and(|c| script(c) == Script::Eastern) => 0.65,
        '’' | '·' if is_within_word => 0.7,
        '–' | '—' if is_within_word && after.is_some_and(char::is_uppercase) => 0.7,
        // They may be delimiters between Latin letters.
        '，' | '；' | '：' => 0.6,
        'ª' | 'º' | '²' | '³' if before.is_some_and(char::is_alphanumeric) && !is_letter(after) => {
            0.8
        }
        _ if is_within_word => 0.0,
        '\u{1f000}'..='\u{1faff}' => 0.9,
        // An opening quote behind a word.
        '‘' if is_letter(before) => 0.3,
        '°' | '€' | '£' | '¥' if is_digit(before) || is_digit(after) => 1.0,
        '°' | '€' | '£' | '¥' | '½' | '¼' | '±' => 0.8,
        '¿' | '¡' if is_letter(before) || !is_letter(after) => 0.1,
        '«' | '»' | '“' | '”' | '„' | '‘' | '’' | '–' | '—' | '…' | '•' | '©' | '®' | '™' | '§'
        | '¿' | '¡' | '\u{a0}' | 'µ' | '×' => 0.6,
        _ => 0.1,
    }
}

/// Letters with accents that are frequent in some language.
const COMMON_LATIN: &str = "éèêëàâäáãåçîïíìôöóòõøùûüúñßæœÉÈÊÀÂÄÁÃÅÇÎÍÓÔÖØÜÚÑŒÆ\
    ąćęłńśźżčďěňřšťůýžőűăâîșțşţğıİŁŚŻŹĆČŘŠŽŐŰŞĞ";

/// Whether this is an ideograph that texts often contain.
pub(super) fn is_common_ideograph(c: char) -> bool {
    script(c) == Script::Han && COMMON.contains(&c)
}

/// Ideographs and Hangul syllables that are frequent.
static COMMON: LazyLock<HashSet<char>> =
    LazyLock::new(|| COMMON_HAN.chars().chain(COMMON_HANGUL.chars()).collect());

/// Ideographs that are frequent in texts, names and labels, in simplified, traditional and Japanese
/// form.
const COMMON_HAN: &str = "的一是不了在人有我他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对\
    可她里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知\
    民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位\
    因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市眼体别处总才场师书比住\
    员九笑性通目华报立马命张活难神数件安表原车白应路期叫死常提感金何更反合放做系计或司利受光王果亲界及今京务制解各\
    任至清物台象记边共风战干接它许八特觉望直服毛林题建南度统色字请交爱让认算论百吃义科怎元社术结六功指思非流每青管\
    夫连远资队跟带花快条院变联言权往展该领传近留红治决周保达办运武半候七必城父强步完革深区即求品士转量空甚众技轻程\
    告江语英基派满式李息写呢识极令黄德收脸钱党倒未持取设始版双历越史商千片容研像找友孩站广改议形委早房音火际则首单\
    据导影失拿网香似斯专石若兵弟谁校读志飞观争究包组造落视济喜离虽坏兴切类型编号姓氏客户联络人称销售购采订货款额备\
    注状态创建负责部门职务邮箱箱址省县镇街号码性别年龄职位等级来源阶段跟进合同发票产品价格数量单价折扣税率总计小计\
    赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严金魏陶姜谢邹喻柏水窦章云苏潘葛范彭郎鲁韦昌马苗凤花方俞任\
    袁柳史唐费薛雷贺倪汤罗毕郝邬安常乐于傅齐康伍余元顾孟黄萧尹姚邵汪毛狄米贝明计成戴宋庞熊纪舒屈项祝董梁杜阮蓝季贾\
    江童郭梅林徐邱高夏蔡田胡凌霍万卢莫房解应宗丁洪包左石崔龚程邢陆翁甄曲封芮靳焦侯段秋刘叶黎白蒲温庄晏柴瞿阎连习\
    伟芳娜秀敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉萍红建国志文辉玲燕雪梅海云波宁晓鹏飞宇浩然欣怡嘉雅婷思佳俊\
    上海京广州深圳杭南苏武汉成都重庆天津西安湖浙川福陕辽宁吉林黑龙江河山东北限股份集团科技贸易有公司厂店行\
    國會個來們時對說這學經過後發種為麼還進當開現間長問實電話聯絡編號檔戶稱單銷採購繫訂貨產業務員備註類別狀態負責區\
    績預計總額價數據張陳黃吳劉楊趙鄭孫馬許鄧馮葉蘇盧蔣賴鍾羅蕭廖謝簡莊顧鄒臺灣縣鄉鎮號樓門東車兩點無與從見關愛書\
    體應當將機動萬給氣聽寫讓請認識讀談論議記設計許該誰調賣買費資質貴賽贏軟運達遠選適還郵錢鐵銀錄陽際難雲電靜頁項\
    順須預領頭題願風飛飯館馬駐驗髮魚鳥麗黨齊龍\
    会社株式名氏住所番号顧客担当者郵便部署商品円金額付備考山田村佐藤鈴木高橋伊渡辺小林加吉佐々木松井上野口清水斎\
    太郎花子美恵健一二三和幸浩隆誠県市区町丁目駅様御株有限会社発売税込数量単価合計春夏秋冬夜雨";

/// Hangul syllables that are frequent in texts, names and labels.
const COMMON_HANGUL: &str = "이다의는에가을고지하은로기사를어도인리시아서나자대수일정그만한라있보부주제여전구상장원면과해성유\
    오동조공소관진경스들비회국미신모안우용무치선계마산연으영발실방중요바생행문물단개분반재현위통학내당세적업강두화점\
    교차외르름번호객담금액날짜김박최윤임권황송류홍민준훈희서울광역철민영호석태양종남북월년명품등록처메일직책급수량합격\
    태입출결류목고객님거래처작성저것나와되게했습니까없";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_in_the_right_encoding_is_more_likely() {
        let cases = [
            ("Date créée", "Date cr殚e"),
            ("Müller", "M黮ler"),
            ("客户", "ЇН»§"),
            ("中文", "ÖÐÎÄ"),
            ("이름", "捞抚"),
            ("Иван", "хБЮМ"),
            ("Müller", "M\u{81}ller"),
            ("Müller", "MŸller"),
            ("Πόλη", "悬腌"),
            ("なまえ", "側傑偊"),
            ("5 €", "5 鈧"),
        ];
        for (right, wrong) in cases {
            let (right_value, wrong_value) = (Likelihood::of(right), Likelihood::of(wrong));
            assert!(
                right_value.average() > wrong_value.average() + 0.2,
                "{right} {right_value:?}, {wrong} {wrong_value:?}"
            );
        }
    }

    #[test]
    fn a_text_without_such_characters_has_no_likelihood() {
        assert_eq!(Likelihood::of("a,b").average(), 0.0);
    }
}
