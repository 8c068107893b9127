//! Detected encodings of CSV files. An encoding that is not certain is in the report.

use std::fs;
use std::io::Read;

use crate::csv_case::{
    Back, auto, check, check_refused, detail, encoded, is_unclear, notes, read, read_stream,
};
use backup_core::source::csv::CsvSource;
use backup_core::source::{DiscoverOptions, ReadingRule, discover};
use backup_core::{Language, dry_run};

#[test]
fn escape_sequences_of_other_encodings_are_not_read_as_ascii() {
    let report = check("JP", b"a,b\n1,\x1b$BCf\x1b(B\n", auto(), "a,b\n1,中\n", Back::Kept);
    assert_eq!(detail(&report, "encoding"), "iso-2022-jp");
    check_refused(
        "KR",
        b"\x1b$)Ca,b\n1,\x0eGQ1[\x0f\n",
        auto(),
        &["escape sequences of iso-2022-kr"],
    );
    check_refused("HZ", b"a,b\n1,~{VPND~}\n", auto(), &["escape sequences of hz-gb-2312"]);
    check("text", b"a,b\n1,~{x}~ ~{name}\n", auto(), "a,b\n1,~{x}~ ~{name}\n", Back::Rebuilt);
    for name in ["iso-2022-kr", "hz-gb-2312", "replacement"] {
        assert!(!backup_core::source::csv::is_encoding(name), "{name} cannot be decoded");
    }
}

#[test]
fn bytes_that_are_not_defined_in_windows_1252_are_not_read_so() {
    for byte in [0x81, 0x8d, 0x8f, 0x90, 0x9d] {
        let bytes = [b"Id,N\n1,caf\xe9 x", &[byte][..], b"x\n"].concat();
        check_refused(&format!("{byte:x}"), &bytes, auto(), &["encoding cannot be detected"]);
    }
    check_refused("short", b"Id,N\n1,\xff\xfe\x81", auto(), &["encoding cannot be detected"]);
}

#[test]
fn a_stream_with_escape_sequences_is_refused_or_unclear() {
    let sequence = b"1,~{VPND~}\n";
    let refusal = refusal_of_stream(&[b"a,b\n", &sequence[..]].concat());
    assert!(refusal.contains("escape sequences of hz-gb-2312"), "{refusal}");
    // Behind the beginning, in two parts.
    let (one, two) = sequence.split_at(6);
    let bytes = [&b"a,b\n"[..], &b"1,2\n".repeat(100_000), one].concat();
    let stream = Box::new(std::io::Cursor::new(bytes).chain(two));
    let mut found = backup_core::source::Discovered::default();
    found.sources.push(Box::new(CsvSource::from_reader(stream, "s.csv", auto())));
    let report = dry_run(found, &()).expect("it is read");
    assert!(notes(&report).contains("hz-gb-2312"), "{}", notes(&report));
    assert!(is_unclear(&report), "{:?}", report.skipped());
}

/// Cells that are short, or the only ones outside ASCII.
#[test]
fn a_short_cell_is_not_taken_for_chinese() {
    let read_as = [
        ("windows-1252", "Nom,Date créée\n1,2\n"),
        ("windows-1252", "id,name\n1,Müller\n"),
        ("windows-1252", "Ação,b\n1,Coração\n"),
        ("windows-1252", "temp,b\n20°C,1\n"),
        ("windows-1252", "a,b\nrendez-vous à Paris,1\n"),
        ("windows-1252", "a,b\nO’Neil,“hi”\n"),
        ("euc-kr", "이름,나이\n김철수,30\n"),
        ("euc-kr", "id,고객\n1,2\n"),
        ("gb18030", "id,客户\n1,2\n"),
        ("gb18030", "编号,金额\n1,2\n"),
        ("gb18030", "編號,客戶\n1,張學友\n"),
        ("gb18030", "姓名,b\n鱻犇,1\n"),
        ("shift_jis", "なまえ,b\nアリス,1\n"),
        ("big5", "姓名,b\n王小明,1\n"),
    ];
    for (encoding, text) in read_as {
        let report = check(text, &encoded(encoding, text), auto(), text, Back::Rebuilt);
        assert_eq!(detail(&report, "encoding"), encoding, "{text:?}");
    }
    let refused = [
        ("windows-1251", "id,имя\n1,Иван\n"),
        ("koi8-r", "имя,город\nИван,Москва\n"),
        ("ibm866", "имя,город\nИван,Москва\n"),
        ("windows-1253", "id,Πόλη\n1,Αθήνα\n"),
        ("windows-1250", "id,name\n1,Dvořák\n"),
        ("macintosh", "id,name\n1,Müller\n"),
    ];
    for (encoding, text) in refused {
        check_refused(text, &encoded(encoding, text), auto(), &["would be likely", encoding]);
    }
}

/// Letters of other languages have the same bytes. Nothing is read in a wrong encoding, unless the
/// report names the right one as almost as likely.
#[test]
fn letters_that_no_western_language_has_are_not_read_as_windows_1252() {
    let cases = [
        ("windows-1250", "id,město\n1,Plzeň\n"),
        ("windows-1250", "id,name\n1,Győr\n"),
        ("windows-1250", "id,name\n1,Růžena\n"),
        ("windows-1250", "id,nr\n1,České Budějovice\n"),
        ("windows-1250", "id,fázis\n1,Minősítés\n2,Elveszített\n3,Győzött\n"),
        ("iso-8859-2", "id,város\n1,Hódmezővásárhely\n"),
        ("windows-1254", "id,şehir\n1,Eskişehir\n2,Iğdır\n"),
        ("macintosh", "Compañía,Dirección\nIbáñez,Málaga\n"),
        ("macintosh", "id,Calificación\n1,Negociación\n"),
        ("windows-874", "id,เมือง\n1,กรุงเทพฯ\n"),
        ("x-mac-cyrillic", "имя,город\nИван,Москва\n"),
        ("koi8-u", "ім'я,місто\nЇжакевич,Київ\n"),
        ("iso-8859-5", "имя,город\nИван,Москва\n"),
        ("iso-8859-7", "id,Πόλη\n1,Άρτα Ήλιος\n"),
    ];
    for (encoding, text) in cases {
        let report = read(&encoded(encoding, text), auto());
        let all = format!("{:?} {}", report.skipped(), notes(&report));
        let is_table = !report.contents().tables.is_empty();
        assert!(!is_table || is_unclear(&report), "{text:?} in {encoding}: {all}");
        assert!(all.contains(encoding), "{text:?} in {encoding}: {all}");
    }
}

#[test]
fn a_short_text_in_damaged_utf_8_is_not_read_in_another_encoding() {
    let cases: [&[u8]; 4] = [
        b"id,name\n1,M\xc3\xbcller\n2,x\xff\n",
        b"id,name\n1,M\xc3\xbcller\n2,Ren\xe9\n",
        b"id,name\n1,caf\xc3\xa9\n2,caf\xc3",
        b"id,name\n1,\xe5\xae\xa2\xe6\x88\xb7\n2,\xff\n",
    ];
    for bytes in cases {
        check_refused("damaged", bytes, auto(), &["encoding"]);
    }
}

/// `B3 AF` is 陳 in Big5, and 날 in EUC-KR.
#[test]
fn an_encoding_that_is_not_clear_is_unverified_or_taken_from_the_folder() {
    let unclear = b"id,name\n1,\xb3\xaf\n";
    let report = read(unclear, auto());
    assert!(is_unclear(&report), "{:?}", report.skipped());
    assert_eq!(report.contents().tables.len(), 1, "it is a table");
    assert!(notes(&report).contains("big5"), "{}", notes(&report));
    let report = read(unclear, auto().encoding("big5"));
    assert_eq!(report.skipped(), [""; 0], "it is set");
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    fs::write(path("a.csv"), unclear).expect("a file");
    let clear = encoded("big5", "客戶名稱,電話\n臺灣貿易有限公司,2\n");
    fs::write(path("b.csv"), clear).expect("a file");
    let found = discover(&[folder.path().into()], &DiscoverOptions::default()).expect("found");
    let report = dry_run(found, &()).expect("it is read");
    assert_eq!(report.skipped(), [""; 0], "the other file decides");
    assert!(notes(&report).contains("other files of its folder"), "{}", notes(&report));
    // Another folder is not its folder, even if both are named.
    let other = tempfile::tempdir().expect("a folder");
    fs::rename(path("b.csv"), other.path().join("b.csv")).expect("it is moved");
    let folders = [folder.path().into(), other.path().into()];
    let found = discover(&folders, &DiscoverOptions::default()).expect("found");
    assert!(is_unclear(&dry_run(found, &()).expect("it is read")), "of another folder");
    // An encoding that is given is known.
    fs::write(path("c.csv"), unclear).expect("a file");
    let mut rule = ReadingRule::default();
    rule.encoding = Some("big5".into());
    let options = DiscoverOptions::default().rule("c.csv", rule);
    let found = discover(&[folder.path().into()], &options).expect("found");
    let report = dry_run(found, &()).expect("it is read");
    assert_eq!(report.skipped(), [""; 0], "the given encoding decides");
}

/// The bytes `A4` and `E9` are `€` and `é` in ISO 8859-15, and `¤` and `é` in windows-1252.
#[test]
fn all_encodings_of_latin_letters_are_compared() {
    let cases = [
        ("iso-8859-15", "Libellé,Prix\nCafé crème,5 €\n"),
        ("iso-8859-15", "Titre,Auteur\nL’été,Œdipe\n"),
        ("windows-1257", "vardas,miestas\nŽydrūnas,Šiauliai\nRūta,Panevėžys\n"),
    ];
    for (encoding, text) in cases {
        let text = text.replace('’', "'");
        let report = read(&encoded(encoding, &text), auto());
        let all = format!("{:?} {}", report.skipped(), notes(&report));
        assert!(all.contains(encoding), "{text:?} in {encoding}: {all}");
    }
}

#[test]
fn a_long_word_takes_no_longer_than_short_ones() {
    for byte in [0xe9, 0xa8, 0xb5] {
        let bytes = [b"a,b\n".to_vec(), vec![byte; 200_000], b",1\n".to_vec()].concat();
        let report = read(&bytes, auto());
        assert_eq!(report.contents().sources.len() + report.skipped().len(), 1, "{byte:x}");
    }
}

#[test]
fn a_guessed_encoding_has_the_same_details_in_every_language() {
    let report = read(&encoded("windows-1252", "id,name\n1,café – “x”\n"), auto());
    let note = &report.findings()[0].message;
    let others = detail(&report, "other_encodings");
    let others = others.as_str().expect("other encodings are possible");
    for language in [Language::English, Language::Chinese] {
        let text = note.text(language);
        for detail in ["windows-1252", others] {
            assert!(text.contains(detail), "{text:?} does not contain {detail:?}");
        }
    }
    let report = read(&encoded("gb18030", "编号,金额\n上海东方贸易有限公司,2\n"), auto());
    let text = report.findings()[0].message.text(Language::Chinese);
    assert!(text.contains("gb18030") && !text.contains("none"), "{text}");
}

/// One invalid byte makes no other encoding likely.
#[test]
fn text_that_is_nearly_utf_8_is_not_guessed_as_another_encoding() {
    for word in ["Müller,Jürgen\n", "春眠不觉晓,处处闻啼鸟\n", "😀,émoji\n"] {
        for before in [0, 3, 30_000] {
            let (head, tail) = (word.repeat(before), word.repeat(40));
            let mut bytes = format!("a,b\n{head}").into_bytes();
            let at = bytes.len();
            bytes.extend(b"x\xff,1\n");
            bytes.extend(tail.as_bytes());
            let words =
                ["cannot be decoded as utf-8", &format!("byte {}", at + 1), "another encoding"];
            check_refused(&format!("{before} {word}"), &bytes, auto(), &words);
        }
    }
}

/// With fewer than four characters beyond ASCII, a byte that is wrong says as much about the
/// encoding as they do.
#[test]
fn a_few_characters_beside_an_invalid_byte_are_not_taken_for_utf_8() {
    for (text, words) in [
        ("中文", "the encoding cannot be detected"),
        ("中文字", "the encoding cannot be detected"),
        ("中文字名", "cannot be decoded as utf-8"),
    ] {
        let bytes = [format!("a,b\n{text},").as_bytes(), b"\xff\n"].concat();
        check_refused(text, &bytes, auto(), &[words]);
    }
}

/// A few characters are enough to distinguish it from accented text, and one byte from other
/// encodings.
#[test]
fn a_truncated_character_is_not_decoded_as_accented_letters() {
    let words = ["cannot be decoded as", "another encoding", "line 4", "byte "];
    let cases = [("utf-8", "Müller"), ("gb18030", "春眠不觉晓"), ("big5", "春眠不覺曉")];
    for (encoding, text) in cases {
        for before in [1, 2, 200_000] {
            let whole = encoded(encoding, text);
            // The last character, or the only one beyond ASCII, lacks its last byte.
            let cut = match encoding {
                "utf-8" => b"M\xc3",
                _ => &whole[..whole.len() - 1],
            };
            for broken in [cut, b"\xff"] {
                let line = |cell: &[u8]| [cell, b",", &whole, b"\n"].concat();
                let bytes = [b"a,b\n", &line(&whole)[..], &line(&whole), &line(broken)].concat();
                let bytes = [bytes, line(&whole).repeat(before)].concat();
                let name = format!("{encoding}, {broken:02x?}, {before} lines behind it");
                check_refused(&name, &bytes, auto(), &words);
                let named = format!("cannot be decoded as {encoding}");
                check_refused(&name, &bytes, auto(), &[&named]);
            }
        }
    }
    // Text with single accented letters and signs is read in its own encoding.
    let western = "É,25\u{b0}C\nÀ la carte,\u{a3}5\nÄrger,Åsa\nMÜLLER,\u{b0}\n".repeat(20);
    let report = check(
        "accents",
        &[b"a,b\n", &encoded("windows-1252", &western)[..]].concat(),
        auto(),
        &format!("a,b\n{western}"),
        Back::Rebuilt,
    );
    assert_eq!(detail(&report, "encoding"), "windows-1252", "accents");
}

/// Characters of Hong Kong (HKSCS) are decoded, but no encoder writes them: the table is right, and
/// the file is kept whole beside it. A truncated character is still an error.
#[test]
fn big5_with_characters_of_hong_kong_is_read_as_big5() {
    let common = encoded("big5", "客戶名稱與聯絡電話");
    let own = b"\x9d\xef\x9d\xf6\x9d\xf7\x9d\xf8\x9d\xcf\x92\x5d";
    let own_text = "嘅喺咗啲嘢哋";
    for times in [1, 20, 40_000] {
        let line = [&common[..], b",", own, &common, own, b"\n"].concat();
        let text = format!("客戶名稱與聯絡電話,{own_text}客戶名稱與聯絡電話{own_text}\n");
        let bytes = [b"a,b\n", &line.repeat(times)[..]].concat();
        let canonical = format!("a,b\n{}", text.repeat(times));
        let report = check(&times.to_string(), &bytes, auto(), &canonical, Back::Kept);
        assert_eq!(detail(&report, "encoding"), "big5", "{times}");
        let cut = [&bytes[..], &own[..1], b",x\n"].concat();
        check_refused("cut", &cut, auto(), &["cannot be decoded as big5"]);
    }
}

/// Rare encodings are not guessed, because the guess would usually be wrong.
#[test]
fn an_uncommon_encoding_is_never_guessed() {
    let text = "имя,город\nИван,Москва\nАнна,Санкт-Петербург\n".repeat(20);
    for name in ["windows-1251", "koi8-r"] {
        let words = ["the encoding cannot be detected", "Set the encoding"];
        check_refused(name, &encoded(name, &text), auto(), &words);
    }
}

/// The detected encoding, the reason, the alternatives, and whether they differ.
#[test]
fn a_guessed_encoding_lists_the_alternatives() {
    let poem = "春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。";
    let traditional = "春眠不覺曉，處處聞啼鳥。夜來風雨聲，花落知多少。客戶名稱與聯絡電話";
    let japanese = "春はあけぼの。やうやう白くなりゆく山ぎは、すこしあかりて";
    let korean = "나랏말싸미 듕귁에 달아 문자와로 서르 사맛디 아니할쎄";
    let cases: [(&str, Vec<u8>, &str, &[&str]); 13] = [
        ("gb18030", encoded("gb18030", poem), poem, &["looks like Chinese", "windows-1252"]),
        (
            "big5",
            encoded("big5", traditional),
            traditional,
            &["most likely in this encoding", "different text"],
        ),
        (
            "shift_jis",
            encoded("shift_jis", japanese),
            japanese,
            &["most likely in this encoding", "different text"],
        ),
        (
            "euc-kr",
            encoded("euc-kr", korean),
            korean,
            &["most likely in this encoding", "different text"],
        ),
        (
            "windows-1252",
            b"caf\xe9 cr\xe8me".to_vec(),
            "café crème",
            &["iso-8859-1 would give the same text"],
        ),
        (
            "windows-1252",
            b"caf\xe9 5 \x80".to_vec(),
            "café 5 €",
            &["iso-8859-1 would also be valid, with different text"],
        ),
        // 茅 in GB 2312, or one character in UTF-8.
        ("utf-8", "caf\u{e9}s".into(), "cafés", &["is valid UTF-8", "gb18030 would also be valid"]),
        // The same bytes are 娓奸钩楝哄化.
        (
            "utf-8",
            "渼鹳鬺廯".into(),
            "渼鹳鬺廯",
            &["is valid UTF-8", "gb18030 would also be valid"],
        ),
        ("utf-8", "ééééééé".into(), "ééééééé", &["gb18030 would also be valid"]),
        ("utf-8", "éééééééé".into(), "éééééééé", &[]),
        ("utf-8", poem.into(), poem, &[]),
        ("utf-16le", encoded("utf-16le", "1,中文,x,yz\n"), "1", &["NUL bytes"]),
        ("utf-16be", encoded("utf-16be", "1,中文,x,yz\n"), "1", &["NUL bytes"]),
    ];
    for (encoding, bytes, first, expected_words) in cases {
        let name = format!("{encoding} {first}");
        let head = if encoding.starts_with("utf-16") { vec![] } else { b"x\n".to_vec() };
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("t.csv");
        std::fs::write(&path, [head, bytes].concat()).expect("a file");
        let found = discover(&[path], &DiscoverOptions::default()).expect("it is found");
        let report = dry_run(found, &()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(report.skipped(), [""; 0], "{name}: it is read as a table");
        assert_eq!(detail(&report, "encoding"), encoding, "{name}: the detected values");
        let remarks = report.findings().iter().map(|finding| &finding.message);
        // The first line is the header, so there may be no record.
        let remarks: Vec<_> =
            remarks.filter(|remark| !remark.to_string().contains("no records")).collect();
        assert_eq!(remarks.len(), usize::from(!expected_words.is_empty()), "{name}: {remarks:?}");
        for words in expected_words {
            let remark = remarks[0];
            assert!(
                remark.to_string().contains(words),
                "{name}: {words:?} is not mentioned: {remark}"
            );
            assert!(
                remark.to_string().contains("set the encoding"),
                "{name}: the hint is missing: {remark}"
            );
        }
    }
}

/// Whichever encoding has more text, the other is not read wrongly in silence.
#[test]
fn texts_in_two_encodings_are_never_silent() {
    let western = ["Müller", "Straße", "Ärger", "Café", "Größe", "Zoë"];
    for (in_utf8, others) in [(1, 1), (1, 2), (2, 3), (3, 2), (1, 40), (5, 40)] {
        for word in western {
            let own = encoded("windows-1252", &format!("2,{word}\n")).repeat(others);
            let utf8 = format!("1,{word}\n").repeat(in_utf8);
            let bytes = [b"id,name\n", &own[..], utf8.as_bytes()].concat();
            let report = read(&bytes, auto());
            let is_table = !report.contents().tables.is_empty();
            assert!(!is_table || is_unclear(&report), "{word} {in_utf8}:{others}");
            if is_table {
                let line = format!("line {} contains text in UTF-8", others + 2);
                assert!(notes(&report).contains(&line), "{}", notes(&report));
            }
        }
    }
    let others: &[(&str, &str, &str)] = &[
        ("windows-1252", "Café Größe", "O’Neil"),
        ("windows-1252", "Café Größe", "5 €"),
        ("windows-1252", "Café Größe", "20°C"),
        ("windows-1252", "Café Größe", "\u{feff}id"),
        ("windows-1252", "Café Größe", "客户"),
        ("windows-1252", "Café|Größe", "Müller|Größe"),
        ("gb18030", "客户名称,上海东方贸易有限公司", "王小明"),
        ("gb18030", "客户名称,上海东方贸易有限公司", "Müller"),
        ("big5", "客戶名稱與聯絡電話", "王小明"),
        ("shift_jis", "東京商事株式会社,なまえ", "山田太郎"),
        ("euc-kr", "고객명,서울무역", "김철수"),
    ];
    for (encoding, own, in_utf8) in others {
        let line = |text: &str| encoded(encoding, &format!("1,{text}\n"));
        let bytes = [line(own).repeat(30), format!("1,{in_utf8}\n").into(), line(own)].concat();
        let report = read(&bytes, auto());
        let is_silent = !report.contents().tables.is_empty() && !is_unclear(&report);
        assert!(!is_silent, "{encoding} {in_utf8}: {}", notes(&report));
    }
}

#[test]
fn letters_of_old_systems_are_not_taken_for_western_ones_in_silence() {
    let text = "id,name\n1,Köhler\n2,Groß\n3,Böhm\n4,Peña\n5,François\n6,Weiß\n";
    // The code pages 437 and 850 of DOS have these letters at the same places.
    let dos = |c| match c {
        'ö' => 0x94,
        'ß' => 0xe1,
        'ñ' => 0xa4,
        'ç' => 0x87,
        c => u8::try_from(c).expect("it is ASCII"),
    };
    let few = "id,name\n1,Groß\n2,Weiß\n3,Meyer\n";
    let few = || few.chars().map(dos).collect();
    for bytes in [encoded("macintosh", text), text.chars().map(dos).collect(), few()] {
        let report = read(&bytes, auto());
        let is_table = !report.contents().tables.is_empty();
        assert!(!is_table || is_unclear(&report), "{}", notes(&report));
    }
    let western = "id,name\n1,Köhler–Groß\n2,“Böhm”\n3,Peña 5 €\n4,François’\n5,§ 5 Weiß\n";
    let report = read(&encoded("windows-1252", western), auto());
    assert!(!is_unclear(&report), "{}", notes(&report));
}

#[test]
fn signs_beside_letters_are_not_taken_for_utf_8() {
    let texts =
        ["CAFÉ…", "JÄ…", "voilà\u{a0}»", "“Å”", "Spaß”", "LEÃ»", "À “lui”", "Ä Ü–Ö", "ROMÂ»"];
    for text in texts {
        let text = format!("a,b\n{text},Größe und Maß\n1,Müller\n2,Café\n");
        let report = read(&encoded("windows-1252", &text), auto());
        assert!(!is_unclear(&report), "{text:?}: {}", notes(&report));
        assert_eq!(detail(&report, "encoding"), "windows-1252", "{text:?}");
    }
    let texts = ["茅", "A座 B栋 K歌 Q群", "眉 帽 猫", "Lisa毛", "Amy毛 Leo毛", "app没"];
    for text in texts {
        let text = format!("编号,客户名称\n1,{text}\n上海东方贸易有限公司,北京\n");
        let report = read(&encoded("gb18030", &text), auto());
        assert!(!is_unclear(&report), "{text:?}: {}", notes(&report));
    }
}

#[test]
fn the_encoding_of_a_stream_is_detected_from_its_beginning() {
    let western = encoded("windows-1252", "id,name\n1,Müller\n2,Café\n");
    let wide = encoded("utf-16le", "id,name\n1,Ann\n2,Bob\n");
    let chinese = encoded("gb18030", "编号,客户名称\n1,上海东方贸易有限公司\n");
    for (bytes, encoding) in
        [(&western, "windows-1252"), (&wide, "utf-16le"), (&chinese, "gb18030")]
    {
        let report = read_stream(bytes).expect("it is read");
        assert_eq!(detail(&report, "encoding"), encoding);
        assert!(!is_unclear(&report) && notes(&report).contains("is read as"), "{encoding}");
    }
    // What follows is not known.
    let long = [&western[..], &b"3,Ann\n".repeat(60_000)].concat();
    let report = read_stream(&long).expect("it is read");
    assert!(is_unclear(&report), "{}", notes(&report));
    assert!(notes(&report).contains("by its beginning only"), "{}", notes(&report));
    let ascii = [&b"id,name\n"[..], &b"3,Ann\n".repeat(60_000), "4,Müller\n".as_bytes()].concat();
    assert!(!is_unclear(&read_stream(&ascii).expect("it is read")), "valid UTF-8");
    let unclear = b"id,name\n1,\xb3\xaf\n";
    assert!(is_unclear(&read_stream(unclear).expect("it is read")), "as for a file");
    let refusal = refusal_of_stream(b"id,name\n1,\x81\xff\xfe\n");
    assert!(refusal.contains("the encoding cannot be detected"), "{refusal}");
}

/// The error for a stream, which cannot be stored as a file.
fn refusal_of_stream(bytes: &[u8]) -> String {
    match read_stream(bytes) {
        Ok(report) => report.skipped().join(""),
        Err(error) => error.to_string(),
    }
}
