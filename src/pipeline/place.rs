//! From candidates to findings: lines and columns, the masked line, the
//! fingerprint. Here every secret of a line is hidden, those of other findings
//! and of refused candidates included, before any text leaves the engine.

use crate::engine::{Resolved, Scanner, Scratch, decode, notebook, rdata};
use crate::policy::entry::Subject;
use crate::policy::{Acceptance, Facts, allow, markers};
use crate::rules::{raw, value};
use crate::vocabulary::blob::Text;
use crate::vocabulary::location::utf16_len;
use crate::vocabulary::secret::MASK;
use crate::vocabulary::{
    Candidate, Change, Context, Finding, Fingerprint, LineIndex, Location, OriginKind, Piece,
    Region, Related, Secret, Snippet, Span, Suppression, SuppressionKind, ViewKind,
};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// How much of a line a snippet shows before and behind the mask, characters.
const SHOWN_BEFORE: usize = 40;
const SHOWN_BEHIND: usize = 30;
/// How much of a line the fingerprint reads before and behind the mask,
/// characters: enough to tell lines apart, few enough for minified files.
const READ_AROUND: usize = 160;
/// How much of a line is looked at for that, bytes: a line may be a whole
/// minified file, and hold thousands of secrets.
const MASKED_AROUND: usize = 4096;

/// The findings of one blob in order of place; `None` when its text has
/// changed since it was scanned. The sheet hides what it was told to.
pub(super) fn findings(
    scanner: &Scanner,
    kind: OriginKind,
    path: &[u8],
    resolved: Vec<Resolved>,
    (text, sheet): (&mut dyn Text, &mut Sheet),
    acceptance: &Acceptance,
) -> Option<Vec<Finding>> {
    let mut findings = Vec::with_capacity(resolved.len());
    let mut seen: HashMap<Sha, u32> = HashMap::new();
    let rules = scanner.rules();
    for one in resolved {
        let confidence = one.confidence();
        let Resolved {
            candidate,
            also,
            parts,
        } = one;
        let rule = &rules[candidate.rule as usize];
        let context = text.context(candidate.secret)?;
        let all = Span::new(0, context.bytes.len() as u64);
        let line = sheet.line(&context, &rule.id, &candidate, &acceptance.markers);
        let whole = !parts.is_empty();
        let mut related = Vec::with_capacity(parts.len());
        for part in parts {
            let rule = &rules[part.rule as usize];
            let context = text.context(part.secret)?;
            let line = sheet.line(&context, &rule.id, &part, &acceptance.markers);
            related.push(Related {
                message: rule.summary.to_string(),
                location: location(kind, path, &part, (line.region, all)),
                secret: part.value,
            });
        }
        let nth = seen
            .entry(line_digest(&rule.id, path, &line.masked))
            .or_insert(0);
        *nth += 1;
        let fingerprint = fingerprint(&rule.id, path, &line.masked, *nth);
        let judgement = acceptance.judge(&Facts {
            class: rule.class,
            subject: Subject {
                rule: &rule.id,
                path,
                secret: &candidate.value,
                line: &line.text,
                commit: None,
            },
        });
        let comment = line.suppression.filter(|_| !acceptance.ignores_comments);
        findings.push(Finding {
            rule: rule.id.clone(),
            summary: rule.summary.clone(),
            // Both halves of a pair open what one alone does not.
            severity: if whole {
                rule.severity.raised()
            } else {
                rule.severity
            },
            confidence,
            location: location(kind, path, &candidate, (line.region, all)),
            snippet: line.snippet,
            reasons: candidate.reasons,
            fingerprint,
            other_fingerprints: Vec::new(),
            secret_fingerprint: judgement.fingerprint,
            group: 0,
            also: also
                .iter()
                .map(|&index| rules[index as usize].id.clone())
                .collect(),
            related,
            suppressions: comment.into_iter().chain(judgement.suppressions).collect(),
            change: Change::NotAsked,
            tracked: None,
            expires: candidate.expires,
            history: None,
            secret: candidate.value,
        });
    }
    Some(findings)
}

fn location(
    kind: OriginKind,
    path: &[u8],
    candidate: &Candidate,
    (region, all): (Region, Span),
) -> Location {
    Location {
        kind,
        path: path.to_vec(),
        region: if kind.is_name() {
            Region::default()
        } else {
            region
        },
        bytes: if candidate.view == ViewKind::Unpacked {
            all
        } else {
            candidate.secret
        },
        cell: candidate.cell,
    }
}

/// Everything about the line a finding starts on.
struct Line {
    region: Region,
    suppression: Option<Suppression>,
    /// The line itself, or what stands around the secret of a long one.
    text: Vec<u8>,
    masked: String,
    snippet: Snippet,
}

/// The text that lines are cut from, kept from one finding to the next: a
/// blob in memory is decoded and indexed once, however many it holds and
/// wherever it stands. Of a file that is read again around each, a few are kept.
pub(super) struct Sheet {
    pages: HashMap<(u64, usize, ViewKind), Page>,
    /// Where all secrets to hide stand, in order; those that are packed apart.
    hidden: [Vec<Span>; 2],
    /// How much was unpacked at most, bytes.
    unpacks: usize,
}

/// One reading of one context.
struct Page {
    decoded: Option<decode::View<'static>>,
    index: LineIndex,
    /// All secrets of this reading, by place.
    hidden: Vec<Range<usize>>,
    /// The stretch that was looked at last: findings come in order, and many
    /// may stand on one long line.
    stretch: RefCell<Stretch>,
    /// The last place whose column was asked for, and that column: findings
    /// come in order, and a line may be as long as the file.
    counted: Cell<(usize, u64)>,
}

/// More than the readings of one place are.
const MOST_PAGES: usize = 8;

impl Sheet {
    pub fn new(unpacks: usize) -> Self {
        Sheet {
            pages: HashMap::new(),
            hidden: [Vec::new(), Vec::new()],
            unpacks,
        }
    }

    /// Hides these from now on. A file's name may vouch for some that the name
    /// of another file with the same bytes does not.
    pub fn hide<'c>(&mut self, secrets: impl Iterator<Item = &'c Candidate>) {
        let mut hidden = [Vec::new(), Vec::new()];
        for mask in secrets {
            hidden[usize::from(mask.view == ViewKind::Unpacked)].push(mask.secret);
        }
        hidden.iter_mut().for_each(|spans| spans.sort_unstable());
        if self.hidden != hidden {
            self.pages.clear();
            self.hidden = hidden;
        }
    }

    fn line(
        &mut self,
        context: &Context<'_>,
        rule: &str,
        candidate: &Candidate,
        scanners: &[markers::Scanner],
    ) -> Line {
        let region = match candidate.view {
            ViewKind::Raw | ViewKind::Logins | ViewKind::Wide => None,
            // Lines of a notebook are those of its cells; where it stands in
            // the file is asked of the file.
            ViewKind::Notebook => {
                let page = self.page(context, ViewKind::Raw);
                Some(page.region(context, &page.range(context, candidate.secret)))
            }
            // What is packed stands on no line.
            ViewKind::Unpacked => Some(Region::default()),
        };
        let page = self.page(context, candidate.view);
        let text = page.text(context);
        let secret = page.range(context, candidate.secret);
        let at = page.index.line(secret.start);
        let line = page.index.range(at, text);
        let above = (at > 0).then(|| &text[page.index.range(at - 1, text)]);
        let near = line.start.max(secret.start.saturating_sub(MASKED_AROUND))
            ..line.end.min(secret.end + MASKED_AROUND).max(line.start);
        let hidden = page.hidden_in(text, &near, line.end);
        let (masked, snippet) = mask(text, &near, &secret, &hidden, candidate.value.masked());
        Line {
            region: region.unwrap_or_else(|| page.region(context, &secret)),
            suppression: allow::suppression(rule, &text[line.clone()], above)
                .map(|found| page.mask_reason(found, text, at, &line))
                .or_else(|| markers::suppression(scanners, &text[line.clone()], above)),
            text: text[near].to_vec(),
            masked,
            snippet,
        }
    }

    fn page(&mut self, context: &Context<'_>, view: ViewKind) -> &Page {
        let hidden = &self.hidden[usize::from(view == ViewKind::Unpacked)];
        let key = (context.offset, context.bytes.len(), view);
        if self.pages.len() >= MOST_PAGES && !self.pages.contains_key(&key) {
            self.pages.clear();
        }
        self.pages
            .entry(key)
            .or_insert_with(|| Page::new(context, view, hidden, self.unpacks))
    }
}

impl Page {
    fn new(context: &Context<'_>, view: ViewKind, hidden: &[Span], unpacks: usize) -> Self {
        let decoded = match view {
            ViewKind::Raw => None,
            ViewKind::Logins => decode::marked_wide(context.bytes),
            ViewKind::Wide => decode::wide(context.bytes),
            ViewKind::Notebook => notebook::read(context.bytes).map(|notebook| notebook.view),
            ViewKind::Unpacked => rdata::read(context.bytes, unpacks).map(|packed| packed.view),
        };
        let index = LineIndex::new(decoded.as_ref().map_or(context.bytes, |view| &view.bytes));
        let mut page = Page {
            decoded,
            index,
            hidden: Vec::new(),
            counted: Cell::new((usize::MAX, 0)),
            stretch: RefCell::default(),
        };
        // A packed text is one; of another only what reaches into the context.
        let (start, end) = match view {
            ViewKind::Unpacked => (0, u64::MAX),
            _ => (context.offset, context.offset + context.bytes.len() as u64),
        };
        let reach = u64::from(raw::MAX_LENGTH_CEILING);
        let from = hidden.partition_point(|span| span.start + reach < start);
        page.hidden = hidden[from..]
            .iter()
            .take_while(|span| span.start < end)
            .filter(|span| span.end > start)
            .map(|&span| page.range(context, span))
            .collect();
        page.hidden.sort_by_key(|range| (range.start, range.end));
        page
    }

    fn text<'t>(&'t self, context: &Context<'t>) -> &'t [u8] {
        self.decoded
            .as_ref()
            .map_or(context.bytes, |view| &view.bytes)
    }

    /// Where a span of the original stands in this reading.
    fn range(&self, context: &Context<'_>, span: Span) -> Range<usize> {
        let to_view = |at: u64| {
            let at = usize::try_from(at.saturating_sub(context.offset)).unwrap_or(usize::MAX);
            let at = self
                .decoded
                .as_ref()
                .map_or(at, |view| view.map.to_view(at));
            at.min(self.text(context).len())
        };
        to_view(span.start)..to_view(span.end)
    }

    fn region(&self, context: &Context<'_>, secret: &Range<usize>) -> Region {
        let last = secret.end.saturating_sub(1).max(secret.start);
        Region {
            start_line: self.number(context, secret.start),
            start_column: self.column(context, secret.start),
            end_line: self.number(context, last),
            // A secret that ends with a line's end ends on that line.
            end_column: self.column(
                context,
                if self.text(context).get(last) == Some(&b'\n') {
                    last
                } else {
                    secret.end
                },
            ),
        }
    }

    /// 1-based line.
    fn number(&self, context: &Context<'_>, at: usize) -> u64 {
        // Wide text that does not fill the file is counted in the original.
        let base = self.decoded.as_ref().map_or(0, |view| {
            let start = view.map.to_original(0);
            if start <= 4 {
                0
            } else {
                count_lines(&context.bytes[..start])
            }
        });
        1 + context.line + base + self.index.line(at) as u64
    }

    /// 1-based column in UTF-16 code units.
    fn column(&self, context: &Context<'_>, at: usize) -> u64 {
        let text = self.text(context);
        let line = self.index.line(at);
        let start = self.index.range(line, text).start;
        let (counted, column) = self.counted.get();
        let (from, base) = if (start..=at).contains(&counted) {
            (counted, column)
        } else {
            (start, 1 + if line == 0 { context.column } else { 0 })
        };
        let column = base + utf16_len(&text[from..at]);
        self.counted.set((at, column));
        column
    }

    /// The reason in a comment is text of the file, and hides what the line
    /// hides.
    fn mask_reason(
        &self,
        mut suppression: Suppression,
        text: &[u8],
        at: usize,
        line: &Range<usize>,
    ) -> Suppression {
        let start = if at > 0 {
            self.index.range(at - 1, text).start
        } else {
            line.start
        };
        if let Some(reason) = &mut suppression.justification {
            let from = self.hidden.partition_point(|r| r.start < start);
            let here = self.hidden[from..].iter();
            let values = here
                .take_while(|r| r.start < line.end)
                .map(|range| &text[range.clone()]);
            *reason = without(reason, values);
        }
        suppression
    }

    /// What to hide near a secret: the parts of all secrets that lie there, and
    /// every other place there where the bytes of one of them stand, or a piece.
    /// The line goes on to `end`.
    fn hidden_in(&self, text: &[u8], near: &Range<usize>, end: usize) -> Vec<Range<usize>> {
        let mut stretch = self.stretch.borrow_mut();
        if near.start < stretch.range.start || stretch.range.end < near.end {
            let range = near.start..near.end.max(end.min(near.start + STRETCH));
            *stretch = Stretch::new(text, range.clone(), self.reaching(&range));
        }
        let clipped = |range: &Range<usize>| range.start.max(near.start)..range.end.min(near.end);
        let mut hidden: Vec<Range<usize>> = self.reaching(near).map(clipped).collect();
        let whole = stretch.whole.iter();
        let values: HashSet<&[u8]> = whole
            .filter(|range| range.start < near.end && near.start < range.end)
            .map(|range| &text[range.clone()])
            .collect();
        for value in values {
            hidden.extend(
                memchr::memmem::find_iter(&text[near.clone()], value)
                    .map(|at| near.start + at..near.start + at + value.len()),
            );
        }
        stretch.pieces(near, &mut hidden);
        merged(hidden)
    }

    /// The secrets of which a part lies there.
    fn reaching<'p>(&'p self, there: &Range<usize>) -> impl Iterator<Item = &'p Range<usize>> {
        let reach = raw::MAX_LENGTH_CEILING as usize;
        let (start, end) = (there.start, there.end);
        let from = self.hidden.partition_point(|r| r.start + reach < start);
        self.hidden[from..]
            .iter()
            .take_while(move |r| r.start < end)
            .filter(move |r| r.end > start)
    }
}

/// How much of a line is looked at together, bytes.
const STRETCH: usize = 1 << 16;

/// Where parts of the secrets of a stretch of a line stand in it: the halves
/// one is joined from, or its beginning in a remark. Read once for all that was
/// found there.
#[derive(Default)]
struct Stretch {
    range: Range<usize>,
    /// The secrets whose pieces stand elsewhere for other reasons, too: what
    /// reads as words, or is short. Only the whole of one is looked for.
    whole: Vec<Range<usize>>,
    /// Each place where a piece of another stands, and which piece.
    places: Vec<(usize, usize)>,
    /// Of each piece the secrets that have it, by their starts: start, and the
    /// farthest end up to here.
    holders: Vec<Vec<(usize, usize)>>,
}

impl Stretch {
    fn new<'p>(
        text: &[u8],
        range: Range<usize>,
        secrets: impl Iterator<Item = &'p Range<usize>>,
    ) -> Self {
        let mut stretch = Stretch {
            range: range.clone(),
            ..Stretch::default()
        };
        let mut numbers: HashMap<&[u8], usize> = HashMap::new();
        for secret in secrets {
            let value = &text[secret.clone()];
            if value.is_empty() || value.contains(&b'\n') {
                continue;
            }
            if value.len() < LEAST_MASKED || value::reads_as_words(value) {
                stretch.whole.push(secret.clone());
                continue;
            }
            for piece in value.windows(LEAST_MASKED) {
                let next = stretch.holders.len();
                let number = *numbers.entry(piece).or_insert(next);
                if number == next {
                    stretch.holders.push(Vec::new());
                }
                let holders = &mut stretch.holders[number];
                let before = holders.last().map_or(0, |(_, end)| *end);
                holders.push((secret.start, before.max(secret.end)));
            }
        }
        if numbers.is_empty() {
            return stretch;
        }
        let pieces = text[range.clone()].windows(LEAST_MASKED).zip(range.start..);
        stretch.places = pieces
            .filter_map(|(piece, at)| Some((at, *numbers.get(piece)?)))
            .collect();
        stretch
    }

    /// Adds the places where a piece of a secret stands that reaches there,
    /// too; `near` lies in the stretch.
    fn pieces(&self, near: &Range<usize>, into: &mut Vec<Range<usize>>) {
        let from = self.places.partition_point(|(at, _)| *at < near.start);
        let here = self.places[from..].iter();
        let here = here.take_while(|(at, _)| at + LEAST_MASKED <= near.end);
        let reaches = |holders: &[(usize, usize)]| {
            let before = holders.partition_point(|(start, _)| *start < near.end);
            before > 0 && holders[before - 1].1 > near.start
        };
        for (at, _) in here.filter(|(_, number)| reaches(&self.holders[*number])) {
            match into.last_mut() {
                Some(last) if last.end == at + LEAST_MASKED - 1 && last.start <= *at => {
                    last.end += 1;
                }
                _ => into.push(*at..at + LEAST_MASKED),
            }
        }
    }
}

/// The same stretches in order, those that touch or overlap as one.
fn merged(mut stretches: Vec<Range<usize>>) -> Vec<Range<usize>> {
    stretches.retain(|r| r.start < r.end);
    stretches.sort_by_key(|r| (r.start, r.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(stretches.len());
    for next in stretches {
        match merged.last_mut() {
            Some(last) if next.start <= last.end => last.end = last.end.max(next.end),
            _ => merged.push(next),
        }
    }
    merged
}

/// `text` without the places where one of `values` stands. All places first:
/// one value may be a part of another, whose rest would show.
fn without<'v>(text: &str, values: impl Iterator<Item = &'v [u8]>) -> String {
    let places = values.filter(|value| !value.is_empty()).flat_map(|value| {
        memchr::memmem::find_iter(text.as_bytes(), value)
            .map(|at| at..at + value.len())
            .collect::<Vec<_>>()
    });
    let (mut shown, mut at) = (Vec::new(), 0);
    for place in merged(places.collect()) {
        shown.extend_from_slice(&text.as_bytes()[at..place.start]);
        shown.extend_from_slice(MASK.as_bytes());
        at = place.end;
    }
    shown.extend_from_slice(&text.as_bytes()[at..]);
    String::from_utf8_lossy(&shown).into_owned()
}

fn count_lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

/// The line with every secret hidden, once for the fingerprint (no part of any
/// secret shows) and once for people.
fn mask(
    text: &[u8],
    line: &Range<usize>,
    secret: &Range<usize>,
    hidden: &[Range<usize>],
    shown: String,
) -> (String, Snippet) {
    let own = hidden
        .iter()
        .position(|r| r.start <= secret.start && secret.start < r.end)
        .unwrap_or(hidden.len());
    let plain = |range: Range<usize>| String::from_utf8_lossy(&text[range]).into_owned();
    let mut before = String::new();
    let mut at = line.start;
    for range in &hidden[..own] {
        before += &plain(at..range.start.max(at));
        before += MASK;
        at = range.end;
    }
    let own_range = hidden.get(own).cloned().unwrap_or(secret.clone());
    before += &plain(at..own_range.start.clamp(at, line.end));
    let mut behind = String::new();
    at = own_range.end.min(line.end);
    for range in hidden.get(own + 1..).unwrap_or_default() {
        behind += &plain(at..range.start);
        behind += MASK;
        at = range.end;
    }
    behind += &plain(at..line.end);

    let masked = last_chars(&before, READ_AROUND) + MASK + &first_chars(&behind, READ_AROUND);
    // The mask may cover two secrets that touch; then no part of either shows.
    let shown = if own_range == *secret || own_range.end > line.end {
        shown
    } else {
        MASK.to_owned()
    };
    let indent = before.len() - before.trim_start().len();
    let before = last_chars(&before[indent..], SHOWN_BEFORE);
    let behind = first_chars(behind.trim_end(), SHOWN_BEHIND);
    let snippet = Snippet {
        mask: (before.chars().count(), shown.chars().count()),
        text: before + &shown + &behind,
        secret_chars: String::from_utf8_lossy(&text[secret.clone()])
            .chars()
            .count(),
    };
    (
        masked.split_whitespace().collect::<Vec<_>>().join(" "),
        snippet,
    )
}

fn last_chars(text: &str, count: usize) -> String {
    match text.char_indices().nth_back(count) {
        None => text.to_owned(),
        Some((at, c)) => format!("…{}", &text[at + c.len_utf8()..]),
    }
}

fn first_chars(text: &str, count: usize) -> String {
    match text.char_indices().nth(count) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}…", &text[..at]),
    }
}

type Sha = [u8; 32];

fn line_digest(rule: &str, path: &[u8], masked: &str) -> Sha {
    let mut hasher = Sha256::new();
    for part in [
        b"tightlip fingerprint 1",
        rule.as_bytes(),
        path,
        masked.as_bytes(),
    ] {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

fn fingerprint(rule: &str, path: &[u8], masked: &str, nth: u32) -> Fingerprint {
    let mut hasher = Sha256::new();
    hasher.update(line_digest(rule, path, masked));
    hasher.update(nth.to_le_bytes());
    Fingerprint::from_digest(&hasher.finalize())
}

/// A shorter secret is a word that a path may hold for other reasons, bytes.
const LEAST_MASKED: usize = 8;

/// Hides secrets in the paths that a report will name: the name of a file may
/// be the very token it holds.
pub(super) fn mask_paths<'p>(
    scanner: &Scanner,
    values: &[Secret],
    paths: impl Iterator<Item = &'p mut Vec<u8>>,
) {
    // Told by their first bytes: a path is read once, however many there are.
    let mut starts: HashMap<&[u8], HashSet<&[u8]>> = HashMap::new();
    // A password that is a word hides nothing by hiding what is called so.
    let is_word = |secret: &&[u8]| {
        let letters = |b: &u8| b.is_ascii_alphabetic() || b"-_.".contains(b);
        secret.iter().all(letters) && value::reads_as_words(secret)
    };
    for secret in values.iter().map(Secret::expose).filter(|s| !is_word(s)) {
        if let Some(start) = secret.get(..LEAST_MASKED) {
            starts.entry(start).or_default().insert(secret);
        }
    }
    let mut scratch = Scratch::default();
    let mut known: HashMap<Vec<u8>, Vec<u8>> = HashMap::new();
    for path in paths {
        let masked = known.entry(path.clone()).or_insert_with(|| {
            let mut found = Vec::new();
            // A slash is a character of many tokens, and here it ends a name.
            let names: Vec<u8> = path
                .iter()
                .map(|&byte| if byte == b'/' { b' ' } else { byte })
                .collect();
            for bytes in [path, &names] {
                let piece = Piece::of(OriginKind::FileName, bytes);
                scanner.scan(&piece, &mut scratch, &mut found);
            }
            let own = found.iter().map(|c| c.value.expose());
            let mut secrets: Vec<&[u8]> = own.filter(|s| s.len() >= LEAST_MASKED).collect();
            let places = path.windows(LEAST_MASKED);
            secrets.extend(places.filter_map(|place| starts.get(place)).flatten());
            // One may begin as a longer one does.
            secrets.sort_by_key(|secret| (Reverse(secret.len()), *secret));
            let mut text: Cow<'_, [u8]> = Cow::Borrowed(path.as_slice());
            for secret in secrets {
                while let Some(at) = memchr::memmem::find(&text, secret) {
                    let (head, tail) = (&text[..at], &text[at + secret.len()..]);
                    text = Cow::Owned([head, MASK.as_bytes(), tail].concat());
                }
            }
            text.into_owned()
        });
        path.clone_from(masked);
    }
}

/// Path and line of each marker that accepted none of `findings`.
pub(super) fn unused_markers(
    path: &[u8],
    bytes: &[u8],
    markers: &[usize],
    findings: &[Finding],
) -> Vec<(Vec<u8>, u64)> {
    let used: Vec<u64> = findings
        .iter()
        .filter(|f| {
            let mut kinds = f.suppressions.iter().map(|s| s.kind);
            kinds.any(|kind| kind == SuppressionKind::InSource)
        })
        .map(|f| f.location.region.start_line)
        .collect();
    let index = LineIndex::new(bytes);
    let is_comment = |at: usize| {
        let line = index.range(index.line(at), bytes);
        allow::is_comment(&bytes[line.start.min(at)..at], &bytes[at..line.end.max(at)])
    };
    let mut lines: Vec<u64> = markers
        .iter()
        .filter(|&&at| is_comment(at))
        .map(|&at| index.line(at) as u64 + 1)
        .collect();
    lines.dedup();
    lines
        .into_iter()
        .filter(|line| !used.contains(line) && !used.contains(&(line + 1)))
        .map(|line| (path.to_vec(), line))
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::vocabulary::Confidence;

    /// Letters and digits that nobody can foresee, the same for the same seed.
    fn drawn(seed: &mut u64, length: usize) -> String {
        let letters = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
        let mut next = || {
            *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            char::from(letters[usize::try_from(*seed >> 40).unwrap() % letters.len()])
        };
        (0..length).map(|_| next()).collect()
    }

    /// What is asked of a stretch, secret by secret.
    fn plainly(page: &Page, text: &[u8], near: &Range<usize>) -> Vec<Range<usize>> {
        let mut hidden: Vec<Range<usize>> = Vec::new();
        for secret in page.reaching(near) {
            hidden.push(secret.start.max(near.start)..secret.end.min(near.end));
            let value = &text[secret.clone()];
            let drawn = !value::reads_as_words(value);
            for part in 1..=value.len() {
                if part < value.len() && (part != LEAST_MASKED || !drawn) {
                    continue;
                }
                for piece in value.windows(part) {
                    hidden.extend(
                        memchr::memmem::find_iter(&text[near.clone()], piece)
                            .map(|at| near.start + at..near.start + at + part),
                    );
                }
            }
        }
        merged(hidden)
    }

    #[test]
    fn a_page_knows_the_secrets_of_its_context_and_no_others() {
        let bytes = [b'x'; 100];
        let context = |offset| Context {
            bytes: &bytes,
            offset,
            line: 0,
            column: 0,
        };
        let spans: Vec<Span> = (0..300).map(|n| Span::new(n * 10, n * 10 + 5)).collect();
        let page = Page::new(&context(1000), ViewKind::Raw, &spans, 0);
        let hidden: Vec<Range<usize>> = (0..10).map(|n| n * 10..n * 10 + 5).collect();
        assert_eq!(page.hidden, hidden);
        let reaches = [Span::new(900, 1050)];
        let page = Page::new(&context(1000), ViewKind::Raw, &reaches, 0);
        assert_eq!(page.hidden.len(), 1);
        assert_eq!(page.hidden[0], 0..50);
        let mut sheet = Sheet::new(0);
        for offset in 0..100 {
            sheet.page(&context(offset), ViewKind::Raw);
        }
        assert!(sheet.pages.len() <= MOST_PAGES);
    }

    #[test]
    fn each_file_of_the_same_bytes_hides_its_own() {
        let bytes = [b'x'; 100];
        let context = Context {
            bytes: &bytes,
            offset: 0,
            line: 0,
            column: 0,
        };
        let mask = |start| Candidate {
            rule: 0,
            view: ViewKind::Raw,
            secret: Span::new(start, start + 5),
            matched: Span::new(start, start + 5),
            company: Vec::new(),
            needs_path: false,
            plain: false,
            value: Secret::new(b"xxxxx"),
            confidence: Confidence::High,
            reasons: Vec::new(),
            expires: None,
            cell: None,
        };
        let mut sheet = Sheet::new(0);
        sheet.hide([mask(10)].iter());
        assert_eq!(sheet.page(&context, ViewKind::Raw).hidden.len(), 1);
        sheet.hide([mask(50), mask(10)].iter());
        let hidden = &sheet.page(&context, ViewKind::Raw).hidden;
        assert_eq!(*hidden, [10..15, 50..55]);
    }

    #[test]
    fn what_is_hidden_near_a_secret_does_not_depend_on_the_secrets_asked_before() {
        let mut seed = 7;
        let secrets: Vec<String> = (0..40).map(|n| drawn(&mut seed, 6 + n % 30)).collect();
        let words = ["summer-holiday-photos", "pass", "correct horse battery"];
        let mut text = String::new();
        let mut hidden = Vec::new();
        while text.len() < 2 * STRETCH {
            let number = usize::try_from(seed >> 50).unwrap();
            let secret = secrets[number % secrets.len()].as_str();
            let word = words[number % words.len()];
            for (number, value) in [secret, word].into_iter().enumerate() {
                text += &format!("{}=", drawn(&mut seed, 3));
                let start = text.len();
                text += value;
                if (start + number).is_multiple_of(3) {
                    hidden.push(start..text.len());
                }
            }
            // A piece of one in a remark.
            text += " ";
            text += secret.get(2..11).unwrap_or_default();
            text += &" ".repeat(number % 300);
        }
        let page = Page {
            decoded: None,
            index: LineIndex::new(text.as_bytes()),
            hidden,
            counted: Cell::default(),
            stretch: RefCell::default(),
        };
        let text = text.as_bytes();
        let mut asked = page.hidden.clone();
        // And one from before.
        asked.push(page.hidden[3].clone());
        for secret in asked {
            let near = secret.start.saturating_sub(200)..(secret.end + 200).min(text.len());
            let found = page.hidden_in(text, &near, text.len());
            assert!(found == plainly(&page, text, &near), "{secret:?}");
        }
    }
}
