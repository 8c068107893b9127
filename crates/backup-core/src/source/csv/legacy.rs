//! Guesses the encoding of a text that is older than Unicode.
//!
//! The beginning of the lines with characters outside ASCII is read in each encoding in which the
//! whole file is valid, and the likelihoods of these texts are compared. `chardetng`, which knows
//! the frequencies of letters in many languages, gives its vote. Only the encodings in [`GUESSED`]
//! are ever chosen; others are named.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, IBM866, ISO_8859_2, ISO_8859_5, ISO_8859_7,
    ISO_8859_15, KOI8_R, KOI8_U, MACINTOSH, SHIFT_JIS, WINDOWS_874, WINDOWS_1250, WINDOWS_1251,
    WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256, WINDOWS_1257,
    X_MAC_CYRILLIC,
};

use super::encoding::{Charset, Coding, Decoder};
use super::examined::Examined;
use super::guess::{Detected, Usual, undecodable};
use super::likelihood::Likelihood;
use super::trial::{Trial, trials};
use super::words::Utf8Words;
use crate::error::{Error, Result};
use crate::finding::Remedy;
use crate::i18n::message;
use crate::monitor::Monitor;

/// The multi-byte encodings. To add one, add it here.
const MULTI_BYTE: [&Encoding; 5] = [GB18030, BIG5, SHIFT_JIS, EUC_KR, EUC_JP];

/// The encodings that are chosen. In all others, text is refused, because the guess would usually
/// be wrong.
const GUESSED: [&Encoding; 6] = [GB18030, BIG5, SHIFT_JIS, EUC_KR, EUC_JP, WINDOWS_1252];

/// The single-byte encodings that are compared, besides code pages of DOS.
const SINGLE_BYTE: [&Encoding; 18] = [
    WINDOWS_1252,
    ISO_8859_15,
    WINDOWS_1250,
    ISO_8859_2,
    WINDOWS_1254,
    WINDOWS_1257,
    MACINTOSH,
    WINDOWS_1251,
    KOI8_R,
    KOI8_U,
    IBM866,
    ISO_8859_5,
    X_MAC_CYRILLIC,
    WINDOWS_1253,
    ISO_8859_7,
    WINDOWS_874,
    WINDOWS_1255,
    WINDOWS_1256,
];

/// The number of blocks that are passed to `chardetng`. It takes much longer than reading them.
const ENOUGH_BLOCKS: u32 = 4;

/// The length of the lines that are compared, in bytes.
const SAMPLE_BYTES: usize = 32 * 1024;

/// So many letters outside ASCII do not make an encoding certain.
const FEW: f64 = 3.0;

/// How much the vote of `chardetng` counts.
const VOTE: f64 = 0.18;

/// How much less likely the encodings of old systems are. They have accented letters where
/// windows-1252 has signs that also stand alone.
const RARITY: f64 = 0.3;

/// If the letters of another encoding are so much likelier, the chosen one is not clear.
const BETTER: f64 = 0.15;

/// A multi-byte text below the first value, and another below the second, is not likely at all.
const UNLIKELY: f64 = 0.2;
const UNLIKELY_LETTERS: f64 = 0.45;

/// The results for encodings older than Unicode.
pub(super) struct Legacy {
    /// The results for multi-byte encodings.
    trials: [Trial; MULTI_BYTE.len()],
    /// The encoding that is most likely by its letters.
    vote: &'static Encoding,
    /// The bytes that occur.
    occurs: [bool; 256],
    /// Lines with bytes outside ASCII.
    lines: Vec<u8>,
    words: Utf8Words,
}

/// An encoding in which the text is valid, with its likelihood.
struct Candidate {
    coding: Coding,
    /// The lines, or for a single-byte encoding the characters of the whole file. If they are
    /// equal, so is the text.
    text: String,
    value: f64,
    /// How likely its letters are at their places, whatever the encoding is.
    average: f64,
    /// What was subtracted from the value, because the encoding is of an old system.
    rarity: f64,
    characters: f64,
    /// Whether its letters may be those of an old system.
    is_of_old_system: bool,
}

impl Candidate {
    fn name(&self) -> String {
        Charset { coding: self.coding, bom: false }.name()
    }

    fn is_guessed(&self) -> bool {
        GUESSED.into_iter().any(|guessed| self.coding == guessed.into())
    }

    fn is_likely(&self) -> bool {
        self.value + self.rarity
            >= if is_multi_byte(self.coding) { UNLIKELY } else { UNLIKELY_LETTERS }
    }
}

impl Legacy {
    pub(super) fn survey(file: Examined<'_>, monitor: &dyn Monitor) -> Result<Self> {
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        let (mut weighed, mut occurs, mut lines) = (0, [false; 256], Vec::new());
        let mut words = Utf8Words::default();
        let trials = trials(MULTI_BYTE.map(Coding::from), file, monitor, |bytes, is_last| {
            words.add(bytes);
            if bytes.is_ascii() {
                return;
            }
            if weighed < ENOUGH_BLOCKS {
                weighed += 1;
                detector.feed(bytes, is_last);
            }
            bytes.iter().for_each(|byte| occurs[usize::from(*byte)] = true);
            if lines.len() < SAMPLE_BYTES / 2 {
                add_lines(bytes, &mut lines);
            }
        })?;
        // GB18030 includes GBK.
        let vote = match detector.guess(None, Utf8Detection::Deny) {
            encoding if encoding == GBK => GB18030,
            encoding => encoding,
        };
        Ok(Self { trials, vote, occurs, lines, words })
    }

    /// Whether the text is valid GB18030 and at most a tenth of its two-byte characters are outside
    /// GB 2312.
    pub(super) fn may_be_chinese(&self) -> bool {
        let [gb18030, ..] = &self.trials;
        gb18030.is_valid() && gb18030.is_mostly_common()
    }

    /// The encodings in which the whole text is valid, the likeliest first.
    fn candidates(&self) -> Vec<Candidate> {
        let multi_byte =
            self.trials.iter().filter(|trial| trial.is_valid()).map(|trial| trial.coding);
        let others = SINGLE_BYTE.into_iter().map(Coding::from);
        let others = others.chain([850, 437, 852].into_iter().filter_map(Coding::dos));
        let mut codings: Vec<Coding> =
            multi_byte.chain(others.filter(|coding| self.characters(*coding).is_some())).collect();
        let vote = Coding::from(self.vote);
        if !codings.contains(&vote) && self.vote.is_single_byte() && self.characters(vote).is_some()
        {
            codings.push(vote);
        }
        let mut candidates: Vec<_> =
            codings.into_iter().map(|coding| self.candidate(coding)).collect();
        candidates.sort_by(|one, other| other.value.total_cmp(&one.value));
        candidates
    }

    /// The encoding that is most likely, even if it is one that is never chosen.
    pub(super) fn likeliest(&self) -> Option<Coding> {
        self.candidates().first().filter(|best| best.is_likely()).map(|best| best.coding)
    }

    fn candidate(&self, coding: Coding) -> Candidate {
        let mut text = String::new();
        let mut decoder = Decoder::starting_at(coding, 0);
        // The lines may end within a character, and then only that is missing.
        let _ = decoder.decode(&self.lines, false, &mut text);
        let likelihood = Likelihood::of(&text);
        // `chardetng` prefers Western languages. A letter at a place where these do not have it is
        // stronger evidence.
        let is_voted = coding == self.vote.into() && !likelihood.is_unusual;
        let vote = if is_voted { VOTE } else { 0.0 };
        let is_rare = coding == MACINTOSH.into() || matches!(coding, Coding::Dos(..));
        let rarity = if is_rare { RARITY } else { 0.0 };
        let average = likelihood.average();
        let value = average + vote - rarity;
        if !is_multi_byte(coding) {
            text = self.characters(coding).unwrap_or_default();
        }
        let Likelihood { characters, is_of_old_system, .. } = likelihood;
        Candidate { coding, text, value, average, rarity, characters, is_of_old_system }
    }

    /// The characters outside ASCII that occur, in a single-byte encoding in which all of them are
    /// defined.
    fn characters(&self, coding: Coding) -> Option<String> {
        let bytes: Vec<u8> =
            (0x80..=u8::MAX).filter(|byte| self.occurs[usize::from(*byte)]).collect();
        let mut text = String::new();
        Decoder::starting_at(coding, 0).decode(&bytes, true, &mut text).ok()?;
        Some(text).filter(|text| !text.chars().any(char::is_control))
    }

    pub(super) fn choose<'u>(
        &self,
        utf8: &Trial,
        file: Examined<'_>,
        usual: &dyn Fn() -> &'u [Usual],
    ) -> Result<Detected> {
        let candidates = self.candidates();
        let best = candidates.first().filter(|best| best.is_likely());
        let margin = best.map_or(0.0, |best| 0.1 + 0.1 / best.characters.max(1.0));
        let is_near = |one: &&Candidate| best.is_some_and(|best| one.value > best.value - margin);
        let chosen = candidates.iter().find(|one| one.is_guessed() && one.is_likely());
        // Between the encodings of Latin letters, only the vote decides.
        let is_outvoted = |one: &Candidate| {
            let best = best.filter(|best| best.coding == self.vote.into() && !best.is_guessed());
            one.coding == WINDOWS_1252.into() && best.is_some_and(|best| best.text != one.text)
        };
        let chosen = chosen.filter(is_near).filter(|one: &&Candidate| !is_outvoted(one));
        let misread = |one: &Candidate| self.words.first_misread(one.coding);
        if utf8.invalid <= utf8.characters && chosen.and_then(misread).is_some() {
            return Err(undecodable(utf8.coding, file));
        }
        self.check_damage(file, chosen)?;
        let near = |chosen: &Candidate| -> Vec<&Candidate> {
            let differs = |one: &&Candidate| one.coding != chosen.coding && one.text != chosen.text;
            let is_better = |one: &Candidate| match chosen.is_of_old_system {
                true => !one.is_of_old_system && one.average > chosen.average - BETTER,
                false => one.average > chosen.average + BETTER,
            };
            let near = candidates.iter().filter(|one| is_near(one) || is_better(one));
            near.filter(differs).collect()
        };
        let is_clear = chosen.is_some_and(|chosen| near(chosen).is_empty());
        if !is_clear
            && let Some(usual) = the_only_clear(usual())
            && let Some(as_usual) = candidates.iter().find(|one| one.coding == usual)
            && as_usual.is_likely()
        {
            let why = message!("csv-guess-folder");
            let detected = Detected::guess(usual, why, self.others(as_usual, &candidates));
            return Ok(Detected { line_in_utf8: misread(as_usual), ..detected });
        }
        let Some(chosen) = chosen else { return Err(unknown(&candidates, margin)) };
        let has_c1 = self.occurs[0x80..0xa0].contains(&true);
        let why = match chosen.coding {
            coding if coding == GB18030.into() => message!("csv-guess-chinese"),
            coding if coding == WINDOWS_1252.into() && !has_c1 => message!("csv-guess-western"),
            _ => message!("csv-guess-letters"),
        };
        let detected = Detected::guess(chosen.coding, why, self.others(chosen, &candidates));
        // A few letters are weaker evidence than the other files.
        let is_few = is_clear && chosen.characters <= FEW;
        let usual = if is_few { usual() } else { &[] };
        let differs = |one: &&Candidate| {
            usual.iter().any(|usual| usual.coding == one.coding)
                && one.text != chosen.text
                && one.is_likely()
        };
        let near = near(chosen).into_iter().chain(candidates.iter().filter(differs));
        let near = near.map(Candidate::name).collect();
        Ok(Detected { near, line_in_utf8: misread(chosen), ..detected })
    }

    /// Returns an error if the text is in a multi-byte encoding except for some bytes, and would be
    /// read in an encoding in which all bytes are valid.
    fn check_damage(&self, file: Examined<'_>, chosen: Option<&Candidate>) -> Result<()> {
        // In rare encodings, letters also occur in pairs of bytes by chance.
        let is_rare = self.vote != WINDOWS_1252 && !is_multi_byte(self.vote.into());
        let is_safe = chosen.is_some_and(|chosen| is_multi_byte(chosen.coding));
        if is_safe || is_rare {
            return Ok(());
        }
        match self.trials.iter().find(|trial| trial.is_valid_but_for_some_bytes()) {
            Some(trial) => Err(undecodable(trial.coding, file)),
            None => Ok(()),
        }
    }

    /// The other encodings in which the text is valid but different: those that are not unlikely,
    /// and those for Western letters.
    fn others(&self, chosen: &Candidate, candidates: &[Candidate]) -> Vec<String> {
        let western = Coding::from(WINDOWS_1252);
        let is_other = |one: &&Candidate| {
            let least = if one.is_guessed() { 0.25 } else { chosen.value - 0.3 };
            let is_possible = one.value >= least || one.coding == western;
            one.coding != chosen.coding && one.text != chosen.text && is_possible
        };
        let others = candidates.iter().filter(is_other).map(Candidate::name);
        let has_c1 = self.occurs[0x80..0xa0].contains(&true);
        let latin1 = has_c1 && chosen.coding == western;
        others.chain(latin1.then(|| "iso-8859-1".to_owned())).collect()
    }
}

/// The encoding of all files whose encoding is clear.
fn the_only_clear(usual: &[Usual]) -> Option<Coding> {
    let mut clear = usual.iter().filter(|usual| usual.is_clear);
    let first = clear.next()?;
    clear.next().is_none().then_some(first.coding)
}

fn is_multi_byte(coding: Coding) -> bool {
    MULTI_BYTE.into_iter().any(|one| coding == one.into())
}

/// The error if no encoding can be chosen, with those that are likely.
fn unknown(candidates: &[Candidate], margin: f64) -> Error {
    let best = candidates.first().map_or(0.0, |best| best.value);
    let is_possible = |one: &&Candidate| one.value + one.rarity > best - margin - 0.2;
    let likely = candidates.iter().filter(|one| one.is_likely()).filter(is_possible);
    let names: Vec<_> = likely.take(5).map(Candidate::name).collect();
    let (error, hint) = match names.is_empty() {
        true => (message!("csv-no-encoding"), message!("csv-no-encoding-hint")),
        false => {
            let names = names.join(", ");
            let hint = message!("csv-likely-encoding-hint", encodings = &names);
            (message!("csv-likely-encoding", encodings = names), hint)
        }
    };
    Error::source(error, hint).remedy(Remedy::Encoding)
}

/// Adds lines with bytes outside ASCII, up to [`SAMPLE_BYTES`].
fn add_lines(bytes: &[u8], lines: &mut Vec<u8>) {
    let outside = bytes.split_inclusive(|byte| matches!(byte, b'\n' | b'\r'));
    for line in outside.filter(|line| !line.is_ascii()) {
        if lines.len() + line.len() <= SAMPLE_BYTES {
            lines.extend_from_slice(line);
        } else if lines.is_empty() {
            lines.extend_from_slice(around_first_outside(line));
        }
    }
}

/// A part of a long line with the first bytes outside ASCII.
fn around_first_outside(line: &[u8]) -> &[u8] {
    let first = Encoding::ascii_valid_up_to(line);
    let start = first.saturating_sub(100);
    &line[start..line.len().min(start + SAMPLE_BYTES)]
}
