//! Derives from a rule's regex where the prefilter has to look for it: the
//! bytes every match starts with, or a run of token characters. A rule that
//! offers neither would have to run at every byte, and is refused.
//! The build script compiles this file too.

use super::rule::{Anchor, ByteSet, RUN, is_run, is_word};
use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Class, Hir, HirKind};

/// More different starts than this and a literal no longer tells much.
const MOST_HEADS: usize = 1024;
const MOST_TEXTS: usize = 64;

/// Parses a rule's regex the way the engine compiles it: bytes, no Unicode.
pub fn parse(regex: &str) -> Result<Hir, String> {
    regex_syntax::ParserBuilder::new()
        .unicode(false)
        .utf8(false)
        .build()
        .parse(regex)
        .map_err(|error| error.to_string())
}

/// The anchors of a rule, or the reason why it has none.
///
/// `token` says that a match stands between token boundaries.
pub fn derive(hir: &Hir, token: bool) -> Result<Vec<Anchor>, String> {
    if hir.properties().minimum_len().unwrap_or(0) == 0 {
        return Err("it matches the empty text".to_owned());
    }
    let starts = starts(hir);
    if token && leading_run(hir).0 >= RUN {
        if let Some(heads) = starts.as_deref().and_then(heads) {
            return Ok(heads);
        }
        if first_bytes(hir).is_some_and(|set| (0..=255).all(|b| !set.has(b) || is_word(b))) {
            return Ok(vec![Anchor::Run]);
        }
    }
    if let Some(texts) = starts.as_deref().and_then(texts) {
        return Ok(texts);
    }
    Err(format!(
        "no anchor; begin it with at least three literal bytes{}",
        if token {
            format!(", or with {RUN} letters or digits")
        } else {
            String::new()
        }
    ))
}

/// Every text of up to four bytes that a match can start with.
fn starts(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    let mut extractor = Extractor::new();
    extractor
        .kind(ExtractKind::Prefix)
        .limit_class(128)
        .limit_repeat(4)
        .limit_literal_len(4)
        .limit_total(8192);
    let mut seq = extractor.extract(hir);
    seq.keep_first_bytes(4);
    seq.dedup();
    let literals = seq.literals()?;
    let mut starts: Vec<Vec<u8>> = literals.iter().map(|l| l.as_bytes().to_vec()).collect();
    starts.sort();
    starts.dedup();
    (!starts.is_empty()).then_some(starts)
}

fn heads(starts: &[Vec<u8>]) -> Option<Vec<Anchor>> {
    let mut heads = Vec::new();
    for start in starts {
        if !start.first().is_some_and(|&b| is_word(b)) {
            return None;
        }
        match start[..] {
            [a, b, c, d, ..] => heads.push(Anchor::Head([a, b, c, d])),
            // Three known bytes: the run promises that a fourth follows.
            [a, b, c] => heads.extend(
                (0..=255)
                    .filter(|&d| is_run(d))
                    .map(|d| Anchor::Head([a, b, c, d])),
            ),
            _ => return None,
        }
    }
    heads.sort();
    heads.dedup();
    (heads.len() <= MOST_HEADS).then_some(heads)
}

fn texts(starts: &[Vec<u8>]) -> Option<Vec<Anchor>> {
    let mut texts = Vec::new();
    let shortest = starts.iter().map(Vec::len).min()?;
    if shortest < 3 {
        return None;
    }
    // A wide class in fourth place would make one text many: cut it off.
    let width = |keep: usize| {
        let mut cut: Vec<Vec<u8>> = starts
            .iter()
            .map(|s| s[..keep.min(s.len())].to_ascii_lowercase())
            .collect();
        cut.sort();
        cut.dedup();
        cut
    };
    let mut keys = width(4);
    if shortest == 3 || keys.len() > 8 {
        keys = width(3);
    }
    for key in keys {
        texts.push(Anchor::Text([
            key[0],
            key[1],
            key[2],
            key.get(3).copied().unwrap_or(0),
        ]));
    }
    (texts.len() <= MOST_TEXTS).then_some(texts)
}

/// How many run characters every match starts with, and whether the whole of
/// `hir` consists of them.
fn leading_run(hir: &Hir) -> (usize, bool) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => (0, true),
        HirKind::Literal(literal) => {
            let run = literal.0.iter().take_while(|&&b| is_run(b)).count();
            (run, run == literal.0.len())
        }
        HirKind::Class(class) => {
            let all =
                class_bytes(class).is_some_and(|set| (0..=255).all(|b| !set.has(b) || is_run(b)));
            (usize::from(all), all)
        }
        HirKind::Capture(capture) => leading_run(&capture.sub),
        HirKind::Repetition(repetition) => {
            let (run, whole) = leading_run(&repetition.sub);
            match (repetition.min, whole) {
                (0, whole) => (0, whole),
                (min, true) => (run * min as usize, true),
                (_, false) => (run, false),
            }
        }
        HirKind::Concat(parts) => {
            let mut total = 0;
            for part in parts {
                let (run, whole) = leading_run(part);
                total += run;
                if !whole {
                    return (total, false);
                }
            }
            (total, true)
        }
        HirKind::Alternation(parts) => parts
            .iter()
            .map(leading_run)
            .reduce(|a, b| (a.0.min(b.0), a.1 && b.1))
            .unwrap_or((0, true)),
    }
}

/// The bytes a match can start with; `None` when that cannot be told.
fn first_bytes(hir: &Hir) -> Option<ByteSet> {
    match hir.kind() {
        HirKind::Literal(literal) => {
            let mut set = ByteSet::EMPTY;
            set.add(*literal.0.first()?);
            Some(set)
        }
        HirKind::Class(class) => class_bytes(class),
        HirKind::Capture(capture) => first_bytes(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => first_bytes(&repetition.sub),
        HirKind::Concat(parts) => first_bytes(parts.first()?),
        HirKind::Alternation(parts) => {
            let mut set = ByteSet::EMPTY;
            for part in parts {
                union(&mut set, &first_bytes(part)?);
            }
            Some(set)
        }
        _ => None,
    }
}

/// Every byte that can stand anywhere in a match.
pub fn alphabet(hir: &Hir) -> ByteSet {
    let mut set = ByteSet::EMPTY;
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => literal.0.iter().for_each(|&b| set.add(b)),
        HirKind::Class(class) => {
            if let Some(bytes) = class_bytes(class) {
                set = bytes;
            }
        }
        HirKind::Capture(capture) => set = alphabet(&capture.sub),
        HirKind::Repetition(repetition) => set = alphabet(&repetition.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts
                .iter()
                .for_each(|part| union(&mut set, &alphabet(part)));
        }
    }
    set
}

/// The bytes that would continue a token of this alphabet: letters, digits,
/// `_` and `-` always, the two of base64 where the token has one of them.
pub fn edge(hir: &Hir) -> ByteSet {
    let alphabet = alphabet(hir);
    let base64 = alphabet.has(b'+') || alphabet.has(b'/');
    let mut set = ByteSet::EMPTY;
    for byte in 0..=255 {
        if is_word(byte) || base64 && is_run(byte) {
            set.add(byte);
        }
    }
    set
}

fn union(set: &mut ByteSet, other: &ByteSet) {
    for (a, b) in set.0.iter_mut().zip(other.0) {
        *a |= b;
    }
}

fn class_bytes(class: &Class) -> Option<ByteSet> {
    let mut set = ByteSet::EMPTY;
    match class {
        Class::Bytes(bytes) => {
            for range in bytes.ranges() {
                (range.start()..=range.end()).for_each(|b| set.add(b));
            }
        }
        Class::Unicode(chars) => {
            for range in chars.ranges() {
                let end = u8::try_from(u32::from(range.end()))
                    .ok()
                    .filter(u8::is_ascii)?;
                let start = u8::try_from(u32::from(range.start())).ok()?;
                (start..=end).for_each(|b| set.add(b));
            }
        }
    }
    Some(set)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anchors(regex: &str, token: bool) -> Result<Vec<Anchor>, String> {
        derive(&parse(regex).expect("regex"), token)
    }

    #[test]
    fn a_prefixed_token_is_found_by_its_head() {
        assert_eq!(
            anchors("ghp_[A-Za-z0-9]{36}", true),
            Ok(vec![Anchor::Head(*b"ghp_")])
        );
        let redivis = anchors("AAA[A-Za-z0-9+/]{29}", true).expect("anchors");
        assert_eq!(redivis.len(), 64);
        assert!(redivis.contains(&Anchor::Head(*b"AAA+")));
    }

    #[test]
    fn a_token_that_breaks_early_is_found_by_its_text() {
        assert_eq!(
            anchors(r"SG\.[\w-]{22}\.[\w-]{43}", true),
            Ok(vec![Anchor::Text(*b"sg.\0")])
        );
        assert_eq!(
            anchors("(?i)bearer +(?<secret>.+)", false),
            Ok(vec![Anchor::Text(*b"bear")])
        );
        assert_eq!(
            anchors("://[^:]+:(?<secret>.+)@", false),
            Ok(vec![Anchor::Text(*b"://\0")])
        );
    }

    #[test]
    fn a_bare_run_is_an_anchor_only_between_boundaries() {
        assert_eq!(anchors("[0-9a-f]{32}", true), Ok(vec![Anchor::Run]));
        assert!(anchors("(?<secret>[0-9a-f]{32})", false).is_err());
        assert!(anchors("[0-9a-f]{8}", true).is_err());
        assert!(anchors(".*", false).is_err());
    }
}
