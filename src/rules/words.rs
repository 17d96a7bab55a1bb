//! Whether letters make words. A table of trigrams, made of the words that
//! stand in half a dozen source trees and their documents
//! (`benches/train-words.py` makes it anew), says how surprising each letter is
//! behind the two before it. Names and prose surprise little, in any language
//! that is written as English is; letters drawn by chance surprise much. It
//! costs 19,683 bytes in the binary and a table look-up a letter. It knows no
//! script but Latin, and of fewer than five letters it can say little.

/// Sixteenths of a bit for the third letter behind two others; index 0 is the
/// border of a word, 1 to 26 are the letters.
static TRIGRAMS: &[u8; 27 * 27 * 27] = include_bytes!("../../rules/trigrams.bin");

/// Sixteenths of a bit a letter above which letters are no word: 95 of 100
/// words of eight letters lie below, as do 2 of 100 random ones.
const SURPRISING: u32 = 78;

/// How surprising `letters` are, whatever their case: sixteenths of a bit, of
/// all of them and of the border behind.
fn surprise(letters: &[u8]) -> u32 {
    let (mut first, mut second, mut sum) = (0usize, 0usize, 0u32);
    let indexes = letters
        .iter()
        .map(|b| usize::from(b.to_ascii_lowercase() - b'a' + 1));
    for third in indexes.chain([0]) {
        sum += u32::from(TRIGRAMS[(first * 27 + second) * 27 + third]);
        (first, second) = (second, third);
    }
    sum
}

/// What the letters of a text look like, taken together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Letters {
    /// How many stand in pieces of three and more.
    pub count: u32,
    /// How many of those stand in pieces that read like words.
    pub in_words: u32,
    /// How many stand in shorter pieces.
    pub loose: u32,
    /// The longest piece.
    pub longest: u32,
    /// Sixteenths of a bit of all pieces of three and more.
    surprise: u32,
    /// How many such pieces there are.
    pieces: u32,
}

impl Letters {
    /// Reads `text`, piece by piece: a piece ends where its letters do, and
    /// where a capital follows a small letter.
    pub fn of(text: &[u8]) -> Self {
        let mut all = Letters::default();
        for piece in pieces(text) {
            let count = u32::try_from(piece.len()).unwrap_or(u32::MAX);
            if count < 3 {
                all.loose += count;
                continue;
            }
            let surprise = surprise(piece);
            all.count += count;
            all.pieces += 1;
            all.longest = all.longest.max(count);
            all.surprise += surprise;
            if is_calm(surprise, count, 1) {
                all.in_words += count;
            }
        }
        all
    }

    /// Whether nearly all of the letters make words.
    pub fn are_words(&self) -> bool {
        self.count > 0
            && self.loose * 3 <= self.count
            && is_calm(self.surprise, self.count, self.pieces)
            && self.in_words * 3 >= self.count * 2
    }

    /// Whether ten letters and more look drawn by chance. Not the opposite of
    /// words: abbreviations and short texts are neither.
    pub fn are_drawn(&self) -> bool {
        self.count >= 10
            && !is_calm(self.surprise, self.count, self.pieces)
            && self.in_words * 2 < self.count
    }
}

fn is_calm(surprise: u32, letters: u32, borders: u32) -> bool {
    surprise <= SURPRISING * (letters + borders)
}

/// The runs of letters in `text`, cut at changes of case: `getHTTPUrl` is get,
/// HTTP, Url.
pub fn pieces(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|b| !b.is_ascii_alphabetic())
        .filter(|run| !run.is_empty())
        .flat_map(|run| {
            let mut rest = run;
            std::iter::from_fn(move || {
                if rest.is_empty() {
                    return None;
                }
                let cut = (1..rest.len())
                    .find(|&at| {
                        let lower = |at: usize| rest.get(at).is_some_and(u8::is_ascii_lowercase);
                        !lower(at) && (lower(at - 1) || at > 1 && lower(at + 1))
                    })
                    .unwrap_or(rest.len());
                let (piece, tail) = rest.split_at(cut);
                rest = tail;
                Some(piece)
            })
        })
}

/// Whether a text is, in any case, one of the words of a list, which blanks part.
pub fn is_one_of(text: &[u8], list: &str) -> bool {
    list.split_whitespace()
        .any(|word| text.eq_ignore_ascii_case(word.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_cut_at_its_capitals() {
        let all: Vec<&[u8]> = pieces(b"getHTTPUrl_of-DBName2x").collect();
        let expected: [&[u8]; 7] = [b"get", b"HTTP", b"Url", b"of", b"DB", b"Name", b"x"];
        assert_eq!(all, expected);
    }

    #[test]
    fn words_are_told_from_letters_drawn_by_chance() {
        for words in [
            "development product",
            "correctHorseBatteryStaple",
            "contrasena",
            "kennwort",
            "my_database_password",
        ] {
            assert!(Letters::of(words.as_bytes()).are_words(), "{words}");
        }
        let (mut state, mut mistaken) = (9u64, 0);
        for _ in 0..1000 {
            let letters: Vec<u8> = (0..10)
                .map(|_| {
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    b"abcdefghijklmnopqrstuvwxyz"[(state >> 33) as usize % 26]
                })
                .collect();
            mistaken += u32::from(Letters::of(&letters).are_words());
        }
        assert!(mistaken < 20, "{mistaken} of 1000");
    }
}
