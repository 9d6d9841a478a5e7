//! The encoding of a text file: told from its bytes with evidence, and turned into UTF-8 on the way.
//!
//! A decode without error proves nothing: most bytes of a Big5 file are also GB18030, to nonsense. So each double-byte
//! encoding is judged by what the text would say in it: written language keeps to the everyday part of its characters,
//! which the standards placed in one block (level 1 of GB 2312, Big5 and JIS X 0208; the syllables of KS X 1001). The
//! share of double-byte characters in that block is above 0.9 for the right encoding and much lower for a wrong one.
//! Single-byte encodings are told by `chardetng`.

use std::io::Read;

use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GB18030, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use serde::{Deserialize, Serialize};

/// Names that messages suggest; every label of the WHATWG encoding standard is understood.
pub const COMMON_NAMES: &[&str] = &[
    "utf-8",
    "utf-16le",
    "utf-16be",
    "windows-1252",
    "latin1",
    "gb18030",
    "gbk",
    "big5",
    "shift_jis",
    "euc-jp",
    "euc-kr",
    "windows-1250",
    "windows-1251",
    "iso-8859-2",
    "iso-8859-15",
];

/// How many bytes of a file with unusual bytes are looked at.
const LOOKED_AT: usize = 1 << 22;
/// What an undecodable sequence becomes: a byte that no UTF-8 text has, so the record is set aside like any other with
/// bad bytes.
const BAD: u8 = 0xFF;

/// What the encoding was taken to be, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EncodingEvidence {
    /// Name in the WHATWG encoding standard.
    pub encoding: String,
    /// How sure: 1 where declared or marked by a byte-order mark, otherwise 0 to 1.
    pub sure: f64,
    /// What speaks for it.
    pub because: String,
}

/// The encoding of a label, labels in everyday use included.
pub(crate) fn by_name(name: &str) -> Option<&'static Encoding> {
    let plain = name.trim().to_lowercase().replace(' ', "-");
    match plain.as_str() {
        "utf8" | "utf-8" | "utf-8-sig" | "utf8-bom" => Some(UTF_8),
        "cp932" | "windows-932" => Some(SHIFT_JIS),
        "cp936" | "gb-18030" => Some(GB18030),
        "cp949" => Some(EUC_KR),
        "cp950" | "big5-hkscs" => Some(BIG5),
        "latin-1" | "ansi" => Some(WINDOWS_1252),
        other => match other.strip_prefix("cp125") {
            Some(page) => Encoding::for_label(format!("windows-125{page}").as_bytes()),
            None => Encoding::for_label(other.as_bytes()),
        },
    }
}

/// What the first bytes of a file say about its encoding.
pub(crate) struct Sniffed {
    pub encoding: &'static Encoding,
    pub evidence: EncodingEvidence,
    /// Names of runners-up, where the choice is not clear.
    pub doubtful: bool,
}

/// Tells the encoding of a file from its bytes; `complete` where `bytes` is all of it.
pub(crate) fn sniff(bytes: &[u8], complete: bool) -> Sniffed {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        let shown: Vec<String> = bytes[..length].iter().map(|byte| format!("{byte:02X}")).collect();
        return sniffed(encoding, 1.0, format!("byte-order mark {}", shown.join(" ")));
    }
    if let Some(encoding) = looks_utf16(bytes) {
        return sniffed(encoding, 0.95, "every second byte is zero".into());
    }
    let counts = Utf8Counts::of(bytes, complete);
    if counts.bad == 0 {
        let (sure, because) = match counts.good {
            0 => (0.5, "only ASCII characters so far".to_owned()),
            good => (
                1.0 - 0.5_f64.powi(good.min(40) as i32),
                format!("{good} characters beyond ASCII are well-formed UTF-8, none is not"),
            ),
        };
        return sniffed(UTF_8, sure, because);
    }
    // A text in another encoding hardly ever forms UTF-8 sequences by chance; a UTF-8 text may have a few broken ones.
    if counts.good > 20 * counts.bad {
        let because = format!("{} characters beyond ASCII are well-formed UTF-8, {} are not", counts.good, counts.bad);
        return sniffed(UTF_8, counts.good as f64 / (counts.good + counts.bad) as f64, because);
    }
    legacy(bytes, complete)
}

/// UTF-16 without a mark: delimiters, digits and blanks have a zero byte on one side.
pub(crate) fn looks_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let bytes = &bytes[..bytes.len().min(4096) & !1];
    if bytes.len() < 8 {
        return None;
    }
    let zeros = |odd: usize| bytes.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, pairs) = (zeros(0), zeros(1), bytes.len() / 2);
    if odd * 10 > pairs * 3 && even * 20 < pairs {
        Some(UTF_16LE)
    } else if even * 10 > pairs * 3 && odd * 20 < pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// A reader that gives UTF-8: what cannot be decoded becomes a byte that no UTF-8 has. A byte-order mark is removed.
pub(crate) fn transcoded(bytes: Box<dyn Read + Send>, encoding: &'static Encoding) -> Box<dyn Read + Send> {
    if encoding == UTF_8 {
        return Box::new(WithoutMark { inner: bytes, start: Vec::new(), given: 0, begun: false });
    }
    Box::new(Transcoder::new(bytes, encoding))
}

fn sniffed(encoding: &'static Encoding, sure: f64, because: String) -> Sniffed {
    let evidence = EncodingEvidence { encoding: encoding.name().to_owned(), sure, because };
    Sniffed { encoding, evidence, doubtful: false }
}

/// Counts of well-formed and broken sequences beyond ASCII.
struct Utf8Counts {
    good: usize,
    bad: usize,
}

impl Utf8Counts {
    fn of(bytes: &[u8], complete: bool) -> Utf8Counts {
        let mut counts = Utf8Counts { good: 0, bad: 0 };
        let mut chunks = bytes.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            counts.good += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
            // A sample may end within a character.
            let cut = !complete && chunks.peek().is_none() && chunk.invalid().len() < 4;
            if !chunk.invalid().is_empty() && !cut {
                counts.bad += 1;
            }
        }
        counts
    }
}

/// A double-byte encoding and the lead and trail bytes of its everyday characters.
struct DoubleByte {
    encoding: &'static Encoding,
    everyday: fn(u8, u8) -> bool,
    block: &'static str,
    /// Characters of the block, about.
    size: u32,
}

static DOUBLE_BYTE: &[DoubleByte] = &[
    DoubleByte {
        encoding: GB18030,
        everyday: |lead, trail| (0xB0..=0xD7).contains(&lead) && trail >= 0xA1,
        block: "GB 2312 level 1",
        size: 3755,
    },
    DoubleByte { encoding: BIG5, everyday: |lead, _| (0xA4..=0xC6).contains(&lead), block: "Big5 level 1", size: 5401 },
    DoubleByte {
        encoding: SHIFT_JIS,
        everyday: |lead, trail| {
            (0x88..=0x97).contains(&lead) || (lead == 0x82 && trail >= 0x9F) || (lead == 0x83 && trail <= 0x96)
        },
        block: "kana and JIS level 1",
        size: 3134,
    },
    DoubleByte {
        encoding: EUC_KR,
        everyday: |lead, trail| (0xB0..=0xC8).contains(&lead) && trail >= 0xA1,
        block: "KS X 1001 syllables",
        size: 2350,
    },
    DoubleByte {
        encoding: EUC_JP,
        everyday: |lead, trail| (lead == 0xA4 || lead == 0xA5 || (0xB0..=0xCF).contains(&lead)) && trail >= 0xA1,
        block: "kana and JIS level 1",
        size: 3134,
    },
];

/// Score from which an encoding explains a text well; then the one whose everyday block is the smallest is right: a Korean
/// text lies within the larger Chinese block too, but a Chinese one does not lie within the Korean.
const WELL: f64 = 0.9;

/// How well a double-byte encoding explains the bytes.
struct Fit {
    encoding: &'static Encoding,
    /// Share of double-byte characters in the everyday block, less ten times the share of broken sequences.
    score: f64,
    everyday: f64,
    block: &'static str,
    size: u32,
}

fn legacy(bytes: &[u8], complete: bool) -> Sniffed {
    let bytes = &bytes[..bytes.len().min(LOOKED_AT)];
    let high = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    let mut fits: Vec<Fit> = DOUBLE_BYTE.iter().map(|candidate| candidate.fit(bytes)).collect();
    let rank = |fit: &Fit| if fit.score > WELL { 2.0 - f64::from(fit.size) / 1e4 } else { fit.score };
    fits.sort_by(|a, b| rank(b).total_cmp(&rank(a)));
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, complete);
    let guess = detector.guess(None, chardetng::Utf8Detection::Deny);
    let (best, second) = (&fits[0], &fits[1]);
    let agrees = guess == best.encoding || (guess == encoding_rs::GBK && best.encoding == GB18030);
    // Letters with accents stand alone between ASCII letters; double-byte text comes in runs, so pairs abound.
    if best.score > 0.6 && high >= 8 && (agrees || best.score > 0.8) && !is_double_byte_by_chance(bytes) {
        let because = format!(
            "{:.0} % of its double-byte characters are everyday ones ({}), {:.0} % as {}; chardetng says {}",
            best.everyday * 100.0,
            best.block,
            second.everyday * 100.0,
            second.encoding.name(),
            guess.name()
        );
        let margin = (best.score - second.score).clamp(0.0, 1.0);
        let sure = (best.score * 0.7 + margin * 0.3 + if agrees { 0.1 } else { -0.2 }).clamp(0.0, 0.99);
        let doubtful = !agrees && margin < 0.05;
        return Sniffed { doubtful, ..sniffed(best.encoding, sure, because) };
    }
    // chardetng names Asian encodings too; where the everyday test spoke against them, single bytes are likelier. The code pages
    // of Latin letters differ in a few letters, which a few bytes cannot tell; the most usual one is taken then.
    let asian = !guess.is_single_byte();
    let thin = high < FEW && LATIN.contains(&guess);
    let single = if asian || thin { WINDOWS_1252 } else { guess };
    let remark = if thin { ", on too few bytes to tell it from windows-1252" } else { "" };
    let because = format!(
        "{high} bytes beyond ASCII are no UTF-8 and do not pair up as Asian text; chardetng says {}{remark}",
        guess.name()
    );
    sniffed(single, if asian || high < FEW { 0.6 } else { 0.8 }, because)
}

/// Bytes beyond ASCII from which code pages of Latin letters can be told apart.
const FEW: usize = 32;
/// Code pages of Latin letters other than the most usual one.
static LATIN: &[&Encoding] = &[
    encoding_rs::WINDOWS_1250,
    encoding_rs::WINDOWS_1254,
    encoding_rs::WINDOWS_1257,
    encoding_rs::WINDOWS_1258,
    encoding_rs::ISO_8859_2,
    encoding_rs::ISO_8859_4,
    encoding_rs::ISO_8859_13,
];

/// Whether most bytes beyond ASCII stand alone, as accented letters between plain ones do.
fn is_double_byte_by_chance(bytes: &[u8]) -> bool {
    let mut alone = 0;
    let mut total = 0;
    for at in 0..bytes.len() {
        if !bytes[at].is_ascii() {
            total += 1;
            let before = at > 0 && !bytes[at - 1].is_ascii();
            let after = bytes.get(at + 1).is_some_and(|byte| !byte.is_ascii());
            alone += usize::from(!before && !after);
        }
    }
    alone * 10 > total * 7
}

impl DoubleByte {
    fn fit(&self, bytes: &[u8]) -> Fit {
        let (text, _, _) = self.encoding.decode(bytes);
        let broken = text.chars().filter(|letter| *letter == '\u{FFFD}').count();
        let strange = text.chars().filter(|letter| matches!(*letter as u32, 0xE000..=0xF8FF | 0x80..=0x9F)).count();
        let (mut pairs, mut everyday, mut half_width) = (0_usize, 0_usize, 0_usize);
        let mut at = 0;
        while at < bytes.len() {
            let lead = bytes[at];
            if lead.is_ascii() {
                at += 1;
            } else if self.encoding == SHIFT_JIS && (0xA1..=0xDF).contains(&lead) {
                half_width += 1;
                at += 1;
            } else {
                let trail = bytes.get(at + 1).copied().unwrap_or(0);
                pairs += 1;
                everyday += usize::from((self.everyday)(lead, trail));
                at += 2;
            }
        }
        // Half-width kana are single bytes; a text wholly of them is a text of another encoding read wrongly.
        let characters = (pairs + half_width).max(1) as f64;
        let share = if half_width > 4 * pairs { 0.0 } else { everyday as f64 / pairs.max(1) as f64 };
        let score = share - 10.0 * broken as f64 / characters - 2.0 * strange as f64 / characters;
        Fit { encoding: self.encoding, score, everyday: share, block: self.block, size: self.size }
    }
}

/// Passes UTF-8 on, without a byte-order mark at its start.
struct WithoutMark {
    inner: Box<dyn Read + Send>,
    start: Vec<u8>,
    given: usize,
    begun: bool,
}

impl Read for WithoutMark {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if !self.begun {
            self.begun = true;
            (&mut self.inner).take(3).read_to_end(&mut self.start)?;
            if self.start == b"\xEF\xBB\xBF" {
                self.start.clear();
            }
        }
        if self.given < self.start.len() {
            let count = (self.start.len() - self.given).min(buffer.len());
            buffer[..count].copy_from_slice(&self.start[self.given..self.given + count]);
            self.given += count;
            return Ok(count);
        }
        self.inner.read(buffer)
    }
}

/// Turns the bytes of another encoding into UTF-8.
struct Transcoder {
    inner: Box<dyn Read + Send>,
    decoder: encoding_rs::Decoder,
    raw: Vec<u8>,
    /// Bytes of `raw` that are not decoded yet.
    waiting: std::ops::Range<usize>,
    text: Vec<u8>,
    /// Bytes of `text` that are not given out yet.
    ready: std::ops::Range<usize>,
    at_end: bool,
    done: bool,
}

/// Bytes that are decoded at a time.
const DECODED: usize = 1 << 16;

impl Transcoder {
    fn new(inner: Box<dyn Read + Send>, encoding: &'static Encoding) -> Transcoder {
        let decoder = encoding.new_decoder_with_bom_removal();
        // Room for the byte that marks what cannot be decoded.
        let (raw, text) = (vec![0; DECODED], vec![0; DECODED + 1]);
        Transcoder { inner, decoder, raw, waiting: 0..0, text, ready: 0..0, at_end: false, done: false }
    }

    fn decode(&mut self) -> std::io::Result<()> {
        if self.waiting.is_empty() && !self.at_end {
            self.waiting = 0..self.inner.read(&mut self.raw)?;
            self.at_end = self.waiting.is_empty();
        }
        let raw = &self.raw[self.waiting.clone()];
        let (result, taken, mut written) =
            self.decoder.decode_to_utf8_without_replacement(raw, &mut self.text[..DECODED], self.at_end);
        self.waiting.start += taken;
        match result {
            encoding_rs::DecoderResult::Malformed(..) => {
                self.text[written] = BAD;
                written += 1;
            }
            encoding_rs::DecoderResult::InputEmpty if self.at_end => self.done = true,
            _ => {}
        }
        self.ready = 0..written;
        Ok(())
    }
}

impl Read for Transcoder {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while self.ready.is_empty() && !self.done {
            self.decode()?;
        }
        let count = self.ready.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.text[self.ready.start..self.ready.start + count]);
        self.ready.start += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(text: &str, encoding: &'static Encoding) -> Sniffed {
        let (bytes, _, lossy) = encoding.encode(text);
        assert!(!lossy);
        sniff(&bytes, true)
    }

    #[test]
    fn plain_cases() {
        assert_eq!(sniff(b"a,b\n1,2\n", true).encoding, UTF_8);
        assert_eq!(sniff("a,ʤ".as_bytes(), true).encoding, UTF_8);
        assert_eq!(sniff(b"\xEF\xBB\xBFa", true).evidence.sure, 1.0);
        assert_eq!(sniff(b"\xFE\xFF\0a", true).encoding, UTF_16BE);
        assert_eq!(sniff(b"a\0,\0b\0\n\x001\0,\x002\0", true).encoding, UTF_16LE);
        assert_eq!(sniff(b"a,b,c\n1,2,3\n4,5,\xA9", true).encoding, WINDOWS_1252);
        assert_eq!(sniff(b"note\nmanager is close by\xA0\n", true).encoding, WINDOWS_1252);
        assert_eq!(
            says("nom,ville\nJosé,Orléans\nZoë,Besançon\nFrançois,Nîmes\n", WINDOWS_1252).encoding,
            WINDOWS_1252
        );
    }

    #[test]
    fn asian_texts_are_told_apart() {
        let simplified = "订单编号,总金额,买家实际支付金额,收货地址,订单创建时间\n一,上海,北京,全脂牛奶,其他蔬菜\n";
        assert_eq!(says(simplified, encoding_rs::GBK).encoding, GB18030);
        let traditional = "名稱,地址,電話,說明\n日月潭,南投縣魚池鄉,公園,這裡是臺灣最大的天然湖泊,風景優美\n";
        assert_eq!(says(traditional, BIG5).encoding, BIG5);
        let japanese = "郵便番号,都道府県,市区町村\n北海道,札幌市中央区,以下に掲載がない場合,旭ケ丘\n";
        assert_eq!(says(japanese, SHIFT_JIS).encoding, SHIFT_JIS);
        let korean = "이름,주소,전화\n김철수,서울특별시 강남구,고객 등급\n";
        assert_eq!(says(korean, EUC_KR).encoding, EUC_KR);
    }

    #[test]
    fn bad_sequences_stay_visible() {
        let mut text = Vec::new();
        transcoded(Box::new(&b"ab\x80\x20cd\xB0\xA1"[..]), BIG5).read_to_end(&mut text).expect("reading from memory");
        assert_eq!(text.iter().filter(|byte| **byte == BAD).count(), 1);
        let mut text = Vec::new();
        transcoded(Box::new(&b"\xEF\xBB\xBFab\xFF"[..]), UTF_8).read_to_end(&mut text).expect("reading from memory");
        assert_eq!(text, b"ab\xFF");
    }
}
