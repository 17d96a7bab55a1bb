//! Derives from a rule's regex where the prefilter has to look for it: the
//! bytes every match starts with, or a run of token characters. A rule that
//! offers neither would have to run at every byte, and is refused.
//! The build script compiles this file too.

use super::rule::{Anchor, ByteSet, Heads, Literal, RUN, RunBehind, RunShape, is_run, is_word};
use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Class, Hir, HirKind};
use std::collections::BTreeMap;

/// More different starts than this and a literal no longer tells much.
const MOST_HEADS: usize = 1024;
const MOST_TEXTS: usize = 64;
/// A secret further behind the start of its match than this is looked for from
/// that start.
const FARTHEST: usize = 1024;
/// A text may stand at so many more places behind the start of a match.
const MOST_PLACES: usize = 3;
/// Texts of so many bytes are not made more by alternatives.
const ENOUGH: usize = 6;
/// A class of more bytes than this ends a text.
const WIDEST_BRANCH: usize = 10;

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
/// `token` says that a match stands between token boundaries, `boundary` that
/// it begins with no letter inside a word.
pub fn derive(hir: &Hir, token: bool, boundary: bool) -> Result<Vec<Anchor>, String> {
    if hir.properties().minimum_len().unwrap_or(0) == 0 {
        return Err("it matches the empty text".to_owned());
    }
    let starts = starts(hir);
    if token
        && leading_run(hir).0 >= RUN
        && let Some(heads) = starts.as_deref().and_then(heads)
    {
        return Ok(heads);
    }
    if let Some(texts) = texts(hir, token || boundary) {
        return Ok(match behind(hir) {
            Some((run, reach)) if !token => texts
                .into_iter()
                .map(|text| Anchor::Behind(RunBehind { text, run, reach }))
                .collect(),
            _ => texts.into_iter().map(Anchor::Text).collect(),
        });
    }
    let run_first = || first_bytes(hir).is_some_and(|set| set.bytes().all(is_run));
    if token && leading_run(hir).0 >= RUN && run_first() {
        return Ok(vec![Anchor::Run(run_shape(hir))]);
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

/// The anchors of a rule of names: its words, in any case.
pub fn of_words(words: &[String]) -> Vec<Anchor> {
    let texts = words
        .iter()
        .filter_map(|word| Literal::new(word.as_bytes(), true, (0, 0), false))
        .collect();
    uncovered(texts).into_iter().map(Anchor::Text).collect()
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
    let mut heads: BTreeMap<[u8; 3], ByteSet> = BTreeMap::new();
    for start in starts {
        let (first, rest) = start.split_first_chunk()?;
        if !is_word(first[0]) {
            return None;
        }
        let fourth = heads.entry(*first).or_insert(ByteSet::EMPTY);
        match rest.first() {
            Some(&byte) => fourth.add(byte),
            // Three known bytes: the run promises that a fourth follows.
            None => (0..=255)
                .filter(|&byte| is_run(byte))
                .for_each(|byte| fourth.add(byte)),
        }
    }
    let all = heads.values().map(|fourth| fourth.bytes().count());
    let heads = heads
        .iter()
        .map(|(&first, &fourth)| Heads { first, fourth });
    (all.sum::<usize>() <= MOST_HEADS).then(|| heads.map(Anchor::Head).collect())
}

/// The texts that matches start with, at their longest; `None` when one is too
/// short or there are too many.
fn texts(hir: &Hir, boundary: bool) -> Option<Vec<Literal>> {
    let mut parts = Vec::new();
    flatten(hir, &mut parts);
    // Bytes that could be any: the text behind them stands at a fixed place, or
    // at one of a few.
    let (mut least, mut most) = (0usize, 0usize);
    while let Some(width) = parts.first().and_then(|part| any_of_width(part)) {
        least += width.0;
        most += width.1;
        parts.remove(0);
    }
    if most > least + MOST_PLACES {
        return None;
    }
    let before = (u8::try_from(least).ok()?, u8::try_from(most).ok()?);
    let mut prefixes = vec![Prefix::default()];
    parts
        .iter()
        .for_each(|part| extend_if_few(part, &mut prefixes));
    let texts = prefixes
        .iter()
        .map(|prefix| Literal::new(&prefix.text, prefix.fold, before, boundary))
        .collect::<Option<Vec<_>>>()?;
    Some(uncovered(texts))
}

/// The parts of a regex that stand one behind the other.
fn flatten<'h>(hir: &'h Hir, parts: &mut Vec<&'h Hir>) {
    match hir.kind() {
        HirKind::Capture(capture) => flatten(&capture.sub, parts),
        HirKind::Concat(inner) => inner.iter().for_each(|part| flatten(part, parts)),
        _ => parts.push(hir),
    }
}

/// Without the texts that begin with another one: they find nothing that that
/// does not.
fn uncovered(mut texts: Vec<Literal>) -> Vec<Literal> {
    texts.sort();
    texts.dedup();
    let all = texts.clone();
    texts.retain(|text| !all.iter().any(|other| other != text && covers(other, text)));
    texts
}

/// Whether every place of `text` is a place of `other`.
fn covers(other: &Literal, text: &Literal) -> bool {
    (other.before, other.before_most) == (text.before, text.before_most)
        && other.begins(text.text())
        && (other.fold || !text.fold)
}

/// The run that the secret of a pattern is, and how far behind the start of
/// the match it begins at most; `None` if it is no run of its own, or one that
/// cannot be told from words, or at no bounded distance.
fn behind(hir: &Hir) -> Option<(RunShape, u16)> {
    let HirKind::Concat(parts) = hir.kind() else {
        return None;
    };
    let at = parts.iter().position(|part| secret(part).is_some())?;
    let secret = secret(&parts[at])?;
    let reach = parts[..at]
        .iter()
        .map(|part| part.properties().maximum_len())
        .sum::<Option<usize>>()?;
    let first = first_bytes(secret)?;
    let run = run_shape(secret);
    let is_run_of_chance = first.bytes().all(is_run)
        && leading_run(secret).0 >= RUN
        && mixes(secret)
        && !starts(secret).is_some_and(|starts| starts.iter().all(|s| s.starts_with(b"0x")));
    // What stands in front must not be able to continue it: then it would be
    // no run of its own. A dash may, which then is a refusal.
    let mut last = ByteSet::EMPTY;
    let nothing = parts[..at]
        .iter()
        .rev()
        .all(|part| may_end(part, &mut last));
    let edge = run.edge();
    let stands_alone = !nothing && last.bytes().all(|b| b == b'-' || !edge.has(b));
    (is_run_of_chance && stands_alone && reach <= FARTHEST)
        .then_some((run, u16::try_from(reach).ok()?))
}

/// What a group named `secret` holds, if `hir` is that.
fn secret(hir: &Hir) -> Option<&Hir> {
    match hir.kind() {
        HirKind::Capture(capture) if capture.name.as_deref() == Some("secret") => {
            Some(&capture.sub)
        }
        _ => None,
    }
}

/// Whether each alternative has letters and digits to be told by.
fn mixes(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Alternation(parts) => parts.iter().all(mixes),
        HirKind::Capture(capture) => mixes(&capture.sub),
        _ => {
            let alphabet = alphabet(hir);
            let any = |is: fn(&u8) -> bool| alphabet.bytes().any(|b| is(&b));
            any(u8::is_ascii_digit) && any(u8::is_ascii_alphabetic)
        }
    }
}

/// Adds the bytes that `hir` may end with; whether it may be empty.
fn may_end(hir: &Hir, last: &mut ByteSet) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => {
            literal.0.last().iter().for_each(|&&b| last.add(b));
            false
        }
        HirKind::Class(class) => {
            match class_bytes(class) {
                Some(set) => last.join(&set),
                None => *last = ByteSet::ALL,
            }
            false
        }
        HirKind::Capture(capture) => may_end(&capture.sub, last),
        HirKind::Repetition(repetition) => may_end(&repetition.sub, last) | (repetition.min == 0),
        HirKind::Concat(parts) => parts.iter().rev().all(|part| may_end(part, last)),
        HirKind::Alternation(parts) => parts
            .iter()
            .map(|part| may_end(part, last))
            .fold(false, |any, empty| any | empty),
    }
}

/// The least and the largest width of a part that matches many bytes, but
/// nearly always as many of them.
fn any_of_width(part: &Hir) -> Option<(usize, usize)> {
    match part.kind() {
        HirKind::Class(class) => {
            let set = class_bytes(class)?;
            (set.bytes().count() > WIDEST_BRANCH).then_some((1, 1))
        }
        HirKind::Capture(capture) => any_of_width(&capture.sub),
        HirKind::Repetition(repetition) => {
            let (min, max) = (repetition.min as usize, repetition.max? as usize);
            // Even ten digits are too many ways where several stand in a row.
            let class = matches!(repetition.sub.kind(), HirKind::Class(_)) && min >= 4;
            let (least, most) = match any_of_width(&repetition.sub) {
                Some(width) => width,
                None if class => (1, 1),
                None => return None,
            };
            (max <= min + MOST_PLACES).then_some((least * min, most * max))
        }
        _ => None,
    }
}

/// What a match starts with, as far as it is known.
#[derive(Clone, Default)]
struct Prefix {
    text: Vec<u8>,
    /// Some letter of it stands for both cases.
    fold: bool,
    /// Nothing is known of what follows.
    ended: bool,
}

/// Extends the prefixes by a part, or ends them where that would make too many.
fn extend_if_few(part: &Hir, prefixes: &mut Vec<Prefix>) {
    let before = prefixes.clone();
    if extend(part, prefixes).is_none() {
        *prefixes = before;
        prefixes.iter_mut().for_each(|p| p.ended = true);
    }
}

/// Extends each prefix that has not ended by what `hir` starts with; `None`
/// when that would make too many of them.
fn extend(hir: &Hir, prefixes: &mut Vec<Prefix>) -> Option<()> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => {
            for prefix in prefixes.iter_mut().filter(|p| !p.ended) {
                prefix.text.extend_from_slice(&literal.0);
            }
        }
        HirKind::Class(class) => {
            let set = class_bytes(class)?;
            let bytes: Vec<u8> = set.bytes().collect();
            let mut folded: Vec<u8> = bytes.iter().map(u8::to_ascii_lowercase).collect();
            folded.sort_unstable();
            folded.dedup();
            let open = prefixes.iter().filter(|p| !p.ended).count();
            // A few letters make a few texts; many tell nothing.
            if open == 0 {
                return Some(());
            }
            // Where enough is known, more would only make more texts.
            let enough = prefixes.iter().all(|p| p.ended || p.text.len() >= ENOUGH);
            if folded.len() > 1 && enough
                || folded.len() > WIDEST_BRANCH
                || open * folded.len() > MOST_TEXTS
            {
                prefixes.iter_mut().for_each(|p| p.ended = true);
                return Some(());
            }
            branch(prefixes, folded.len(), |prefix, at| {
                prefix.text.push(folded[at]);
                prefix.fold |= bytes.len() > folded.len() || !bytes.contains(&folded[at]);
                Some(())
            })?;
        }
        HirKind::Capture(capture) => extend(&capture.sub, prefixes)?,
        HirKind::Repetition(repetition) if (repetition.min, repetition.max) == (0, Some(1)) => {
            let mut taken: Vec<Prefix> = prefixes.iter().filter(|p| !p.ended).cloned().collect();
            extend(&repetition.sub, &mut taken)?;
            prefixes.extend(taken);
        }
        HirKind::Repetition(repetition) => {
            for _ in 0..repetition.min.min(16) {
                extend(&repetition.sub, prefixes)?;
            }
            if repetition.max != Some(repetition.min) {
                prefixes.iter_mut().for_each(|p| p.ended = true);
            }
        }
        HirKind::Concat(parts) => parts.iter().for_each(|part| extend_if_few(part, prefixes)),
        HirKind::Alternation(parts) => {
            let (mut all, open): (Vec<_>, Vec<_>) =
                std::mem::take(prefixes).into_iter().partition(|p| p.ended);
            for part in parts {
                if open.is_empty() {
                    break;
                }
                let mut branch = open.clone();
                extend(part, &mut branch)?;
                all.extend(branch);
            }
            *prefixes = all;
        }
    }
    // Sixteen bytes are as good as more.
    prefixes
        .iter_mut()
        .for_each(|p| p.ended |= p.text.len() >= 16);
    (prefixes.len() <= MOST_TEXTS).then_some(())
}

/// Replaces each open prefix by `ways` of it.
fn branch(
    prefixes: &mut Vec<Prefix>,
    ways: usize,
    mut grow: impl FnMut(&mut Prefix, usize) -> Option<()>,
) -> Option<()> {
    let mut all = Vec::with_capacity(prefixes.len() * ways);
    for prefix in prefixes.drain(..) {
        if prefix.ended {
            all.push(prefix);
            continue;
        }
        for at in 0..ways {
            let mut prefix = prefix.clone();
            grow(&mut prefix, at)?;
            all.push(prefix);
        }
    }
    *prefixes = all;
    Some(())
}

/// The lengths and kinds of the run that a token begins with.
fn run_shape(hir: &Hir) -> RunShape {
    let edge = edge(hir);
    let mut shape = RunShape {
        base64: edge.has(b'+'),
        tail: 0,
        least: u16::try_from(leading_run(hir).0).unwrap_or(u16::MAX),
        most: 0,
        kinds: 0,
        one_case: 0,
    };
    let alternatives = match hir.kind() {
        HirKind::Alternation(parts) => &parts[..],
        _ => std::slice::from_ref(hir),
    };
    for alternative in alternatives {
        let (most, alphabet, tail) = whole_run(alternative, &edge);
        let kinds = alphabet.bytes().fold(0, |k, b| k | RunShape::kind(b));
        shape.most = shape.most.max(most);
        shape.tail = shape.tail.max(tail);
        shape.kinds |= kinds;
        if !has_both_cases(alternative) {
            shape.one_case |= kinds;
        }
    }
    shape
}

/// The longest run that a token begins with, what it may hold, and how much may
/// follow it.
fn whole_run(hir: &Hir, edge: &ByteSet) -> (u16, ByteSet, u16) {
    let most = |hir: &Hir| {
        let most = hir.properties().maximum_len();
        most.and_then(|most| u16::try_from(most).ok())
            .unwrap_or(u16::MAX)
    };
    let all = |parts: &[&Hir]| {
        let lengths = parts.iter().map(|part| most(part));
        lengths.fold(0, u16::saturating_add)
    };
    let mut parts = Vec::new();
    flatten(hir, &mut parts);
    let run = parts.iter().take_while(|part| leading_run(part).1).count();
    let (run, tail) = parts.split_at(run);
    let Some(next) = tail.first() else {
        return (most(hir), alphabet(hir), 0);
    };
    let ends = first_bytes(next).is_some_and(|first| !first.bytes().any(|b| edge.has(b)));
    if !ends {
        // Where the token goes on behind the run, the run may hold whatever
        // the boundary lets it.
        return (most(hir), *edge, all(tail));
    }
    let mut set = ByteSet::EMPTY;
    run.iter().for_each(|part| set.join(&alphabet(part)));
    (all(run), set, all(tail))
}

/// Whether the leading run has a stretch of a dozen or more characters drawn
/// from an alphabet with letters of both cases: chance leaves no case out.
fn has_both_cases(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Class(class) => class_bytes(class).is_some_and(|set| {
            (b'g'..=b'z').any(|b| set.has(b)) && (b'G'..=b'Z').any(|b| set.has(b))
        }),
        HirKind::Repetition(repetition) => repetition.min >= 12 && has_both_cases(&repetition.sub),
        HirKind::Capture(capture) => has_both_cases(&capture.sub),
        HirKind::Concat(parts) => {
            let in_run = parts.iter().take_while(|part| leading_run(part).1);
            in_run.into_iter().any(has_both_cases)
        }
        HirKind::Alternation(parts) => parts.iter().all(has_both_cases),
        _ => false,
    }
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
                set.join(&first_bytes(part)?);
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
            parts.iter().for_each(|part| set.join(&alphabet(part)));
        }
    }
    set
}

/// The bytes that would continue a token of this alphabet: letters, digits,
/// `_` and `-` always, `~` and the two of base64 where the token has them.
pub fn edge(hir: &Hir) -> ByteSet {
    let alphabet = alphabet(hir);
    let base64 = alphabet.has(b'+') || alphabet.has(b'/');
    let mut set = ByteSet::EMPTY;
    for byte in 0..=255 {
        let tilde = byte == b'~' && alphabet.has(byte);
        if is_word(byte) || base64 && is_run(byte) || tilde {
            set.add(byte);
        }
    }
    set
}

pub(super) fn class_bytes(class: &Class) -> Option<ByteSet> {
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
        derive(&parse(regex).expect("regex"), token, false)
    }

    fn head(first: [u8; 3], bytes: &[u8]) -> Anchor {
        let mut fourth = ByteSet::EMPTY;
        bytes.iter().for_each(|&byte| fourth.add(byte));
        Anchor::Head(Heads { first, fourth })
    }

    #[test]
    fn a_prefixed_token_is_found_by_its_head() {
        assert_eq!(
            anchors("ghp_[A-Za-z0-9]{36}", true),
            Ok(vec![head(*b"ghp", b"_")])
        );
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        assert_eq!(
            anchors("AAA[A-Za-z0-9+/]{29}", true),
            Ok(vec![head(*b"AAA", alphabet)])
        );
    }

    fn texts_of(regex: &str, token: bool) -> Vec<(String, bool)> {
        let texts = anchors(regex, token)
            .expect("anchors")
            .into_iter()
            .map(|a| match a {
                Anchor::Text(literal) => (
                    String::from_utf8_lossy(literal.text()).into_owned(),
                    literal.fold,
                ),
                other => panic!("{other:?}"),
            });
        texts.collect()
    }

    #[test]
    fn a_token_that_breaks_early_is_found_by_its_text() {
        let text = |text: &str, fold| vec![(text.to_owned(), fold)];
        assert_eq!(
            texts_of(r"SG\.[\w-]{22}\.[\w-]{43}", true),
            text("SG.", false)
        );
        assert_eq!(
            texts_of("(?i)bearer +(?<secret>.+)", false),
            text("bearer ", true)
        );
        assert_eq!(
            texts_of("://[^:]+:(?<secret>.+)@", false),
            text("://", false)
        );
    }

    #[test]
    fn a_text_may_stand_behind_bytes_of_any_kind() {
        let found = anchors(r"[A-Za-z0-9_~.]{3}[78]Q~[A-Za-z0-9_~.-]{31}", true).expect("anchors");
        let texts: Vec<_> = found
            .iter()
            .map(|anchor| match anchor {
                Anchor::Text(literal) => (literal.before, literal.text()),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(texts, [(3, &b"7Q~"[..]), (3, &b"8Q~"[..])]);
    }

    #[test]
    fn alternatives_are_texts_of_their_own() {
        let texts = texts_of("(?:refresh|access)_token(?<secret>.+)", false);
        assert_eq!(
            texts,
            [
                ("access_token".to_owned(), false),
                ("refresh_token".to_owned(), false)
            ]
        );
        let texts = texts_of("(?i)(?:access|id)?token=(?<secret>.+)", false);
        let texts: Vec<&str> = texts.iter().map(|(text, _)| text.as_str()).collect();
        assert_eq!(texts, ["accesstoken=", "idtoken=", "token="]);
    }

    #[test]
    fn a_bare_run_is_an_anchor_only_between_boundaries() {
        let hex = RunShape {
            base64: false,
            tail: 0,
            least: 32,
            most: 32,
            kinds: 3,
            one_case: 3,
        };
        assert_eq!(anchors("[0-9a-f]{32}", true), Ok(vec![Anchor::Run(hex)]));
        // A colon ends the run; a dash would go on with it.
        let goes_on = RunShape { tail: 41, ..hex };
        let pair = anchors("[0-9a-f]{32}:[0-9a-z]{40}", true);
        assert_eq!(pair, Ok(vec![Anchor::Run(goes_on)]));
        let either = anchors("(?:[0-9a-f]{32}|[A-Za-z0-9_]{32})", true);
        let either_case = RunShape {
            kinds: 0b11_1111,
            ..hex
        };
        assert_eq!(either, Ok(vec![Anchor::Run(either_case)]));
        assert!(anchors("(?<secret>[0-9a-f]{32})", false).is_err());
        assert!(anchors("[0-9a-f]{8}", true).is_err());
        assert!(anchors(".*", false).is_err());
    }
}
