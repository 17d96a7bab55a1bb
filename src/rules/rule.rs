//! One trusted rule: the shape of a token and the company it keeps. Only plain
//! data, so that the built-in rules are static tables and cost nothing at
//! start; regexes are compiled by the engine when a first candidate asks.
//! The build script compiles this file too.

use crate::vocabulary::{Confidence, Severity};
use std::borrow::Cow;

/// Text that is static for built-in rules and owned for a user's.
pub type Str = Cow<'static, str>;
/// A list that is static for built-in rules and owned for a user's.
pub type List<T> = Cow<'static, [T]>;

/// What a rule knows of a secret; on the same bytes the earlier class wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// A vendor's own token.
    Provider,
    /// A format many vendors use (JWT, PEM).
    Format,
    /// Only the place says so (a Bearer header).
    Context,
    /// A password: low in entropy, known by its place alone.
    Password,
}

/// What makes a rule's match a secret: parsed, checked, ready to use.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Provider-thing, kebab case; reads well after "allow".
    pub id: Str,
    /// The vendor or format this rule's file is about.
    pub provider: Str,
    /// Where to read about the provider.
    pub url: Str,
    /// What the secret is, in a few words.
    pub summary: Str,
    /// How bad a leak is.
    pub severity: Severity,
    /// How sure a match with full company is.
    pub confidence: Confidence,
    /// What the rule knows of the secret.
    pub class: Class,
    /// What the holder of the secret can do.
    pub description: Str,
    /// How to revoke it, and where to keep it instead.
    pub remediation: Str,
    /// Addresses of the documents the facts come from.
    pub references: List<Str>,
    /// How a match looks.
    pub shape: Shape,
    /// Lower-case words, one of which close by vouches for the match.
    pub near: List<Str>,
    /// Places in code (by name, see `rules/slots.toml`) that vouch for it.
    pub slots: List<Str>,
    /// Globs on the last two components of the path that vouch for it.
    pub paths: List<Str>,
    /// Whether a near word and a slot must both vouch, not just one of them.
    pub both: bool,
    /// Whether a match may begin with a letter inside a word.
    pub anywhere: bool,
    /// Ids of rules whose secrets, close by, belong to this rule's: the other
    /// half of a key pair.
    pub parts: List<Str>,
    /// How far company may be, bytes.
    pub within: u32,
    /// The longest match, bytes.
    pub max_length: u32,
    /// What must hold of the secret's bytes.
    pub checks: List<Check>,
    /// Where the prefilter looks for it.
    pub anchors: List<Anchor>,
    /// The bytes that may stand at each of the first places of a match, unless
    /// that is read by hand.
    pub opening: List<ByteSet>,
    /// Regex that examples' `{secret}` is generated from.
    pub sample: Str,
    /// Texts that must be found.
    pub matches: List<Str>,
    /// Texts that must not.
    pub ignores: List<Str>,
}

/// The two ways to say what a match looks like.
#[derive(Clone, Debug)]
pub enum Shape {
    /// The secret is the whole match and stands between token boundaries.
    Token {
        /// Regex of the secret.
        regex: Str,
        /// Bytes that continue the token, so that neither neighbour may be one.
        edge: ByteSet,
    },
    /// A regex with a group named `secret`.
    Pattern {
        /// Regex of the match.
        regex: Str,
    },
    /// The value of a name that ends in one of some words, in whatever form
    /// it is given one (`engine::assignment` reads them all).
    Named {
        /// Regex of the words alone.
        regex: Str,
        /// The words, lower-case: by their first two letters, then the longest
        /// first.
        words: List<Str>,
        /// Other parts of a name that tell of something else: `file`, `policy`.
        unless: List<Str>,
    },
}

impl Rule {
    /// The run that announces the rule, if the secret is one.
    pub fn run(&self) -> Option<RunShape> {
        self.anchors.iter().find_map(|anchor| match anchor {
            Anchor::Run(shape) => Some(*shape),
            Anchor::Behind(behind) => Some(behind.run),
            Anchor::Head(_) | Anchor::Text(_) => None,
        })
    }
}

impl Shape {
    /// The regex text.
    pub fn regex(&self) -> &str {
        match self {
            Shape::Token { regex, .. } | Shape::Pattern { regex } | Shape::Named { regex, .. } => {
                regex
            }
        }
    }
}

/// A set of byte values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSet(pub [u64; 4]);

impl ByteSet {
    /// The set of no byte.
    pub const EMPTY: ByteSet = ByteSet([0; 4]);
    /// The set of all bytes.
    pub const ALL: ByteSet = ByteSet([u64::MAX; 4]);

    /// Whether `byte` is in the set.
    pub fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1
    }

    /// Adds `byte`.
    pub fn add(&mut self, byte: u8) {
        self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }

    /// Adds what is in `other`.
    pub fn join(&mut self, other: &ByteSet) {
        self.0
            .iter_mut()
            .zip(other.0)
            .for_each(|(bits, other)| *bits |= other);
    }

    /// The bytes of it, the least first.
    pub fn bytes(&self) -> impl Iterator<Item = u8> {
        self.0
            .into_iter()
            .zip([0, 64, 128, 192])
            .flat_map(|(mut bits, from)| {
                std::iter::from_fn(move || {
                    #[allow(clippy::cast_possible_truncation)]
                    let next = (bits != 0).then(|| from + bits.trailing_zeros() as u8);
                    bits &= bits.wrapping_sub(1);
                    next
                })
            })
    }

    /// Takes away what is not in `other`.
    pub fn keep(&mut self, other: &ByteSet) {
        self.0
            .iter_mut()
            .zip(other.0)
            .for_each(|(bits, other)| *bits &= other);
    }
}

/// How the prefilter finds where a match may start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Anchor {
    /// The match starts with one of these, at a token boundary, inside a run of
    /// at least [`RUN`] token characters.
    Head(Heads),
    /// The match starts with this text, or has it at a fixed place.
    Text(Literal),
    /// The match is a run of at least [`RUN`] token characters that holds both
    /// letters and digits, between token boundaries.
    Run(RunShape),
    /// The match starts with a text, and its secret is such a run.
    Behind(RunBehind),
}

/// Four bytes that a token may start with: three that are known, and one of
/// several, often of all that a run may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Heads {
    /// The first three.
    pub first: [u8; 3],
    /// The fourth.
    pub fourth: ByteSet,
}

impl Heads {
    /// Each of them.
    pub fn all(&self) -> impl Iterator<Item = [u8; 4]> {
        let [a, b, c] = self.first;
        self.fourth.bytes().map(move |d| [a, b, c, d])
    }
}

/// A secret that is a run of token characters behind a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunBehind {
    /// What every match starts with.
    pub text: Literal,
    /// What is known of the secret.
    pub run: RunShape,
    /// How many bytes lie between the starts of match and secret, at most.
    pub reach: u16,
}

/// What is known of the run that a match begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunShape {
    /// Whether `+` and `/` belong to the run.
    pub base64: bool,
    /// How much of the token may stand behind the run, at most, bytes.
    pub tail: u16,
    /// The shortest such run, bytes.
    pub least: u16,
    /// The longest, bytes.
    pub most: u16,
    /// The kinds of bytes it may hold: a union of [`RunShape::kind`].
    pub kinds: u8,
    /// Those that it may hold if all its letters are of one case; none if it
    /// must hold letters of both, as a random one of its alphabet does: names
    /// in programs seldom do.
    pub one_case: u8,
}

impl RunShape {
    /// The bytes that would continue such a run.
    pub fn edge(&self) -> ByteSet {
        let mut set = ByteSet::EMPTY;
        (0..=255)
            .filter(|&b| is_word(b) || self.base64 && is_run(b))
            .for_each(|b| set.add(b));
        set
    }

    /// Whether it must hold letters of both cases.
    pub fn both_cases(&self) -> bool {
        self.one_case == 0
    }

    /// Whether the run that `value` begins with looks drawn by chance from the rule's alphabet: letters
    /// and digits, of both cases where the alphabet has both, that change
    /// often from one kind to another. Numbers such as `0x00ff` do not.
    pub fn is_mixed(&self, value: &[u8]) -> bool {
        let in_run = |b: &u8| if self.base64 { is_run(*b) } else { is_word(*b) };
        let length = value.iter().position(|b| !in_run(b)).unwrap_or(value.len());
        self.allows(&Mixture::of(&value[..length]))
    }

    /// The same of a run whose mixture is known.
    pub fn allows(&self, mixture: &Mixture) -> bool {
        let kinds = mixture.kinds;
        let often = if self.both_cases() { 4 } else { 6 };
        kinds & (Self::UPPER | Self::LOWER) != 0
            && (mixture.is_of_both_cases() || kinds & !self.one_case == 0)
            && kinds & KINDS[b'0' as usize] != 0
            && mixture.changes * often >= mixture.length
            && !mixture.number
    }

    const UPPER: u8 = 1 << 3 | 1 << 4;
    const LOWER: u8 = 1 << 1 | 1 << 2;
    /// Of bytes that are neither letters nor digits.
    pub const SIGNS: u8 = 1 << 5 | 1 << 6 | 1 << 7;

    /// The kind of a byte, one bit.
    pub const fn kind(byte: u8) -> u8 {
        match byte {
            b'0'..=b'9' => 1,
            b'a'..=b'f' => 1 << 1,
            b'g'..=b'z' => 1 << 2,
            b'A'..=b'F' => 1 << 3,
            b'G'..=b'Z' => 1 << 4,
            b'_' => 1 << 5,
            b'-' => 1 << 6,
            _ => 1 << 7,
        }
    }
}

/// A text that stands at a fixed place near the start of every match, or as
/// much of it as the prefilter needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Literal {
    /// The text, lower-case if case does not matter, then zeros.
    pub bytes: [u8; 16],
    /// How much of `bytes` is text.
    pub len: u8,
    /// How many bytes of the match, whatever they are, stand before the text,
    /// at least.
    pub before: u8,
    /// How many, at most.
    pub before_most: u8,
    /// Where in it the four bytes stand (or all three) that are rarest in files.
    pub pick: u8,
    /// Whether ASCII case does not matter.
    pub fold: bool,
    /// Whether it begins with a letter and counts only where a word begins.
    pub word: bool,
}

impl Literal {
    /// The shortest that tells enough.
    pub const LEAST: usize = 3;

    /// From the start of a text; `None` when that is shorter than
    /// [`Literal::LEAST`]. `boundary` says that matches begin no letter inside
    /// a word.
    pub fn new(text: &[u8], fold: bool, before: (u8, u8), boundary: bool) -> Option<Self> {
        let len = text.len().min(16);
        if len < Self::LEAST {
            return None;
        }
        let mut bytes = [0; 16];
        bytes[..len].copy_from_slice(&text[..len]);
        if fold {
            bytes.make_ascii_lowercase();
        }
        let windows = bytes[..len].windows(len.min(4));
        let picks = windows.map(|four| (is_common(four), commonness(four)));
        let ((_, rarest), pick) = picks.zip(0u8..).min()?;
        // Where words begin is known of every byte; so is it with their starts.
        let begins_word = boundary && before.1 == 0 && bytes[0].is_ascii_alphabetic();
        let start = commonness(&bytes[..len.min(4)]);
        // But hardly a place where `stat` begins a word is one of `stats auth`.
        let word = begins_word && (start < VERY_COMMON || start < rarest + MUCH);
        let pick = if word { 0 } else { pick };
        Some(Literal {
            bytes,
            len: u8::try_from(len).ok()?,
            before: before.0,
            before_most: before.1,
            pick,
            fold,
            word,
        })
    }

    /// The text.
    pub fn text(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    /// The bytes the prefilter looks for; three at least.
    pub fn key(&self) -> &[u8] {
        &self.text()[usize::from(self.pick)..]
    }

    /// Whether `bytes` starts with the text.
    pub fn begins(&self, bytes: &[u8]) -> bool {
        bytes.get(..self.text().len()).is_some_and(|start| {
            if self.fold {
                start.eq_ignore_ascii_case(self.text())
            } else {
                start == self.text()
            }
        })
    }
}

/// The [`commonness`] of four bytes that begin many words, and how much rarer
/// others must be for these to be looked for instead, wherever they stand.
const VERY_COMMON: u32 = 27;
const MUCH: u32 = 3;

/// Roughly how often bytes stand in files one behind the other, the sum of
/// their pairs; case does not matter, because the gate folds it.
fn commonness(bytes: &[u8]) -> u32 {
    let index = |byte: u8| match byte.to_ascii_lowercase() {
        letter @ b'a'..=b'z' => Some(usize::from(letter - b'a')),
        b'_' => Some(26),
        b' ' | b'\n' | b'\t' | b'/' | b'-' | b'.' | b',' | b'"' | b'=' | b'(' | b'0'..=b'9' => {
            Some(27)
        }
        _ => None,
    };
    let pair = |pair: &[u8]| match (index(pair[0]), index(pair[1])) {
        (Some(first), Some(second)) => u32::from(PAIRS[first][second] - b'0'),
        _ => 3,
    };
    bytes.windows(2).map(pair).sum()
}

/// How often the second byte stands behind the first: a to z, `_`, and all
/// common signs and digits together. Measured over C, Python, Rust and YAML; a
/// step is a factor of two, 0 is one pair of 131,072 and fewer.
static PAIRS: [&[u8; 28]; 28] = [
    b"4788357271598917299975566368",
    b"7354733076183464055370216068",
    b"8464863860785495275962234078",
    b"7457945282055375266563344089",
    b"8689787351398957799947686299",
    b"7355775190074583176561324069",
    b"5332834570044655077552102279",
    b"8243911070123173054640504268",
    b"6788787030388997279927150667",
    b"3000500020000041005030000044",
    b"4322723050022322035332300068",
    b"8446983290583385037774326079",
    b"8656923270256488126571233178",
    b"8489978371564686149976345179",
    b"6688475162688978097886731268",
    b"8365844570485386186783316078",
    b"0031100010032001032070000056",
    b"9476957280557795478885347079",
    b"6474945790655577358973517189",
    b"9476952990365486198783558299",
    b"6876756060087837088813040058",
    b"8233832170034253022212020057",
    b"6133610670033562166200310056",
    b"5464551350033126122700043069",
    b"3332421030035547036612201179",
    b"3000700030011040000000001145",
    b"7788776683577778488876632277",
    b"9999998896689999599998896699",
];

/// Whether files are full of these four bytes, case aside.
fn is_common(bytes: &[u8]) -> bool {
    bytes.first_chunk::<4>().is_some_and(|four| {
        let mut four = *four;
        four.make_ascii_lowercase();
        COMMON.as_chunks().0.binary_search(&four).is_ok()
    })
}

/// Four letters each, in order: one place of 10,000 or more has them, on the
/// average of six directories of the Linux kernel and forty-six trees of other languages.
static COMMON: &[u8] =
    b"_con_fil_nam_pro_res_sta_str_typaaaaableacceacheackaactiaddraderagesainealidalizalloalse\
      alueamesamplanceandlangeapacappeapplaramarchargeargsarraarseartiasseasynatchate_atedates\
      aticatioatorattratusaultauthautobackbasebjecblicblocboolbuilbutebytecaaccachcallcasecate\
      caticcescensceptcesschancharchecchemcifickagcketclascliecludcodecollcolocommcompcondconf\
      connconscontcopycorecouncreacripctedctioctivctorcumecurlcurrdatadatedefadefideledencdent\
      depedersdescdingdiredistditidocudonedownduleeadeeateecifeconecorect_ecteectiectoecurefau\
      eferefinegiselecelseemenenabenceencoendeenerengtenseent_entaentientrentsepeneptiequaeque\
      equieratermiernaerroersiert_ertierveerviescresolesouespoessaessiest_estsesuleterethoetti\
      eturevenexamexceexecexpeexprextefailfalsfaulfferfielfigufilefiltfineflagflowforeformfram\
      fromfuncgeneget_gistgithgrougurahandhanghapehashhaveheadheckherehorihosthoulhtmlhttpible\
      ibuticaticenideniderieldientificifieightigurilesilteimagimitimplimpoinalinclindeinerinfo\
      ingsinitinpuinstinteion_ionaionsiptiireciredisteistritemiterithuitioitleivatjectjsonkage\
      lasslatelectlemelengletelicalicelienlimilinelinklistllowloadlocalocklonglterludemagemain\
      mandmatcmbermentmessmetamethmissmmanmockmodemodumovemplempornablnamencluncodnctinderndex\
      ndlenectneranfigngthningnnecnodenonenotenputnstantaintennterntexnticntrontrynullnumbobje\
      ocalocesockeocumodelodulointojecokenolleolorolumolveommaompoonalonfionlyonneonseonstonta\
      onteontropenoperoptiordeorizormaotheouldoundountourcoutpoverovidpacepachpackpageparapare\
      parspartpasspathpdatpecipectpendpertplatplicpoinponsportpostpplipporprefpresprinprivproc\
      projpropprotprovproxptiopublqualquerquesquirractrameransrateratirderreadreamreatrecorect\
      redireferegiremorentreplreporequreseresorespressresureturgetriburighringrintriptriterity\
      rivarmatrocerojeroperotorouproutrovirrayrrenrrorrsioructrverrvicsageschescriseleselfsert\
      servsesssettshapshousignsingsionsizesolvsourspacspanspecsponssagsserssiostanstarstatster\
      stinstorstrastrestristrusultsuppsynctabltaintanctargtarttatetatitatutemptentternterstest\
      textthatthentherthisthodthorthubtialticatiestimetingtiontitltivetoketorytputtractrantrea\
      tribtrintroltructruettinttpsttritureturntypeubliueryuestuilduireumbeumenunctundeupdauppo\
      uraturceurreuseduseruthoutilutpuvalivaluvateventversvicevideviewvoidwaitwarewhenwillwith\
      wordworkwritxampxcepxpecxtenypesytes";

/// [`RunShape::kind`] of every byte.
const KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0u8;
    loop {
        kinds[byte as usize] = RunShape::kind(byte);
        if byte == 255 {
            break kinds;
        }
        byte += 1;
    }
};

/// What a run of token characters is made of.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mixture {
    /// The union of the kinds of its bytes.
    pub kinds: u8,
    /// How often a byte and its follower are of different kinds of three:
    /// digits, upper-case and lower-case letters.
    pub changes: usize,
    /// Its length, bytes.
    pub length: usize,
    /// Whether it begins like a hexadecimal number.
    pub number: bool,
}

impl Mixture {
    /// What `run` is made of.
    pub fn of(run: &[u8]) -> Self {
        const COARSE: [u8; 256] = {
            let mut coarse = [0; 256];
            let mut byte = 0;
            while byte < 256 {
                coarse[byte] = match KINDS[byte] {
                    1 => 1,
                    2 | 4 => 2,
                    8 | 16 => 3,
                    _ => 0,
                };
                byte += 1;
            }
            coarse
        };
        let (mut kinds, mut changes, mut last) = (0, 0, 0);
        for &byte in run {
            kinds |= KINDS[usize::from(byte)];
            let coarse = COARSE[usize::from(byte)];
            changes += usize::from(coarse != last && coarse != 0 && last != 0);
            last = coarse;
        }
        let number = run.starts_with(b"0x") || run.starts_with(b"0X");
        Mixture {
            kinds,
            changes,
            length: run.len(),
            number,
        }
    }

    /// Whether it has upper-case letters and lower-case ones.
    pub fn is_of_both_cases(&self) -> bool {
        self.kinds & RunShape::UPPER != 0 && self.kinds & RunShape::LOWER != 0
    }
}

/// The shortest run of token characters the prefilter looks at, bytes.
pub const RUN: usize = 16;

/// Token characters: what a run consists of. The first set makes words, the
/// second may continue a run.
pub fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

/// Word characters and the two of standard base64.
pub fn is_run(byte: u8) -> bool {
    is_word(byte) || byte == b'+' || byte == b'/'
}

/// What a check asks of a secret's bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Check {
    /// Is none of the things people write in place of a secret.
    NotPlaceholder,
    /// Looks made by a machine rather than written by a person.
    Random,
    /// At least this Shannon entropy, bits a character.
    MinEntropy(f32),
    /// Decodes, to this many bytes if a number is given.
    Decodes(Encoding, Option<u32>),
    /// Its first four decoded base64 bytes, big-endian, lie in this range.
    LeadingId(u32, u32),
    /// Is a JSON Web Token (RFC 7519) in this state.
    Jwt(JwtState),
    /// Holds a checksum of itself.
    Checksum(Checksum),
    /// Base64 of `user:password`, the password a plausible one (RFC 7617).
    UserPassword,
    /// A password rather than a word that stands for one.
    Password,
    /// What a password-like name was given is a password.
    PasswordValue,
    /// What stands where nothing but a password would is one, weak as it may be.
    GivenPassword,
    /// What a token-like name was given is a token.
    TokenValue,
    /// What a name such as `secret` was given is one or the other.
    SecretValue,
    /// The body of a PEM key: base64 in lines, however they are escaped.
    KeyBody,
    /// Holds at least this many digits.
    MinDigits(u32),
    /// Holds at least this many upper-case letters.
    MinUpper(u32),
    /// Holds at least this many lower-case letters.
    MinLower(u32),
}

/// Encodings a check can undo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// RFC 4648, section 4, with or without padding.
    Base64,
    /// RFC 4648, section 5, with or without padding.
    Base64Url,
    /// Hexadecimal digits.
    Hex,
}

/// Checksums that tokens hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// The last six digits, in base 62: CRC-32 of what stands between the last
    /// `_` and them.
    Crc32Base62,
    /// The last seven digits, in base 36: CRC-32 of all before them.
    Crc32Base36,
    /// Eight hexadecimal digits behind the last `_`, the lowest byte first:
    /// CRC-32 of all before it.
    Crc32Hex,
    /// The last six characters of bech32 (BIP 173).
    Bech32,
    /// The last two bytes of an nkey of NATS: CRC-16 of all before them.
    Nkey,
}

impl Checksum {
    /// All of them, with the words that rules use.
    pub const ALL: [(&str, Checksum); 5] = [
        ("crc32-base62", Checksum::Crc32Base62),
        ("crc32-base36", Checksum::Crc32Base36),
        ("crc32-hex", Checksum::Crc32Hex),
        ("bech32", Checksum::Bech32),
        ("nkey", Checksum::Nkey),
    ];
}

/// States of a JSON Web Token that can be told offline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtState {
    /// Its header is a JOSE header; whether it has expired is not asked.
    Any,
    /// No `exp`, or one in the future.
    Live,
    /// Has an `exp` in the past.
    Expired,
}

/// A place in code that vouches for what stands right behind it.
#[derive(Clone, Debug)]
pub struct Slot {
    /// Name that rules use.
    pub name: Str,
    /// Words for a reader: "assigned to a token variable".
    pub summary: Str,
    /// Lower-case words, one of which stands in all that `before` matches.
    pub keywords: List<Str>,
    /// Lower-case names that it would take for its own, and that tell of
    /// something else.
    pub unless: List<Str>,
    /// Regex that must match the text that ends where the secret starts.
    pub before: Str,
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_files_are_full_of_is_not_looked_for() {
        let (fours, rest) = COMMON.as_chunks::<4>();
        assert!(rest.is_empty() && fours.is_sorted());
        assert!(is_common(b"Link") && !is_common(b"plin"));
        let key = |text: &[u8]| {
            let text = Literal::new(text, true, (0, 0), false).unwrap();
            String::from_utf8(text.key()[..4].to_vec()).unwrap()
        };
        assert_eq!(key(b"plink"), "plin");
        assert_ne!(key(b"withbase_url"), "with");
    }
}
