//! The worker that a source drives: scans what it is handed, settles the
//! candidates of a blob into findings once the path is known, and hands
//! everything over when it is dropped.

use super::paths::{is_rehearsal, is_settings, is_translated};
use super::place::{self, Sheet};
use super::{Options, change};
use crate::engine::{Resolved, Scanner, Scratch, join, notebook, rdata, resolve};
use crate::rules::rule::{Class, Rule};
use crate::rules::value;
use crate::vocabulary::blob::Text;
use crate::vocabulary::{
    Base, Candidate, Change, Confidence, Finding, Flow, Known, Origin, OriginKind, Piece, Probed,
    RuleIndex, Scope, Secret, Skip, SkipReason, Span, Trace, ViewKind, Worker,
};
use globset::{Glob, GlobMatcher};
use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

/// What all workers of a run found.
#[derive(Default)]
pub(super) struct Gathered {
    pub findings: Vec<Finding>,
    pub skipped: Vec<Skip>,
    pub scanned: u64,
    pub bytes: u64,
    pub low_confidence: u64,
    pub unused: Vec<(Vec<u8>, u64)>,
}

/// One thread's part of a run.
pub(super) struct ScanWorker<'s> {
    scanner: &'s Scanner,
    options: &'s Options<'s>,
    scratch: Scratch,
    vouchers: Vouchers,
    own: Gathered,
    all: &'s Mutex<Gathered>,
}

impl<'s> ScanWorker<'s> {
    pub(super) fn new(
        scanner: &'s Scanner,
        options: &'s Options<'s>,
        all: &'s Mutex<Gathered>,
    ) -> Self {
        ScanWorker {
            scanner,
            options,
            scratch: Scratch::default(),
            vouchers: Vouchers::default(),
            own: Gathered::default(),
            all,
        }
    }

    /// Records a blob that is larger than the user wants; `false` for others.
    fn refuses(&mut self, origin: &Origin<'_>, len: usize) -> bool {
        let limit = self.limit();
        let refused = len as u64 > limit;
        if refused {
            self.own.skipped.push(Skip {
                path: origin.location_path(),
                reason: SkipReason::TooLarge(limit),
            });
        }
        refused
    }

    /// From candidates to findings; `old` holds the secrets that stood in a
    /// replaced version. `false` when the text is gone or has changed.
    fn keep(
        &mut self,
        origin: &Origin<'_>,
        candidates: Vec<Candidate>,
        text: &mut dyn Text,
        sheet: &mut Sheet,
        old: Option<&HashSet<Secret>>,
        trace: Option<&Trace>,
    ) -> bool {
        let path = origin.location_path();
        let rules = self.scanner.rules();
        let (here, elsewhere): (Vec<_>, Vec<_>) = candidates
            .into_iter()
            .partition(|c| !c.needs_path || self.vouchers.vouch(rules, c.rule, &path));
        // What lacks company is no finding, but its bytes are masked as well,
        // unless it may be any word of a file.
        let doubted = elsewhere.iter().filter(|c| c.view != ViewKind::Logins);
        sheet.hide(here.iter().chain(doubted));
        let resolved = resolved(rules, &path, here);
        let placed = place::findings(
            self.scanner,
            origin.kind,
            &path,
            resolved,
            (text, sheet),
            self.options.acceptance,
        );
        let Some(placed) = placed else {
            self.own.skipped.push(Skip {
                path,
                reason: SkipReason::Vanished,
            });
            return false;
        };
        for mut finding in placed {
            let mut secrets = std::iter::once(&finding.secret)
                .chain(finding.related.iter().map(|related| &related.secret));
            let stood = old.is_some_and(|old| secrets.all(|secret| old.contains(secret)));
            finding.change = change(old.is_some(), stood, self.options.whole);
            finding.history = trace.cloned();
            if finding.confidence < self.options.min_confidence {
                // What stood there before is no news, however unsure.
                self.own.low_confidence += u64::from(finding.change != Change::Old);
            } else {
                self.own.findings.push(finding);
            }
        }
        true
    }

    /// What to do about bytes scanned last, by how sure their candidates are.
    fn probed(&mut self, confidences: impl ExactSizeIterator<Item = Confidence>) -> Probed {
        // What no path can make sure enough to show is not worth a search for
        // its path; it is counted here.
        let floor = self.options.min_confidence;
        let count = confidences.len();
        let sure = confidences.max().is_some_and(|best| best >= floor);
        match (self.scratch.is_incomplete(), sure) {
            (true, _) => Probed::Unscanned,
            (false, true) => Probed::Something,
            (false, false) => {
                self.own.low_confidence += count as u64;
                Probed::Nothing
            }
        }
    }

    /// Records that the blob scanned last was not read to its end.
    fn name_incomplete(&mut self, origin: &Origin<'_>) {
        if self.scratch.is_incomplete() {
            let why = format!(
                "its packed data is damaged, or larger than {} bytes unpacked; \
                 max-unpacked-size in .tightlip.toml allows more",
                self.scanner.unpacks()
            );
            self.own.skipped.push(Skip {
                path: origin.location_path(),
                reason: SkipReason::Unsupported(why),
            });
        }
    }

    /// What stands in the versions that a blob replaces, wherever it is. `None`
    /// asks nothing.
    fn old_candidates(&mut self, scope: &Scope<'_>) -> Option<Vec<Vec<Candidate>>> {
        let Scope::ChangedFrom(versions) = scope else {
            return None;
        };
        // A version that cannot be read proves nothing old: all counts as new.
        let versions = versions().unwrap_or_default();
        let scan = |version: &Vec<u8>| {
            let mut found = Vec::new();
            self.scanner
                .scan(&Piece::whole(version), &mut self.scratch, &mut found);
            found
        };
        Some(versions.iter().map(scan).collect())
    }

    /// The secrets among those, as far as they were told at this path: one that
    /// was too unsure to be shown is news once more speaks for it.
    fn old_secrets(&mut self, path: &[u8], versions: Vec<Vec<Candidate>>) -> HashSet<Secret> {
        let rules = self.scanner.rules();
        let mut old = HashSet::new();
        for mut found in versions {
            found.retain(|c| !c.needs_path || self.vouchers.vouch(rules, c.rule, path));
            for one in resolved(rules, path, found) {
                if one.confidence() >= self.options.min_confidence {
                    let parts = one.parts.into_iter().chain([one.candidate]);
                    old.extend(parts.map(|part| part.value));
                }
            }
        }
        old
    }
}

impl Worker for ScanWorker<'_> {
    fn blob(&mut self, origin: &Origin<'_>, bytes: &[u8], scope: &Scope<'_>) -> Flow {
        if is_lfs_pointer(bytes) {
            self.own.skipped.push(Skip {
                path: origin.location_path(),
                reason: SkipReason::LfsPointer,
            });
            return Flow::Continue;
        }
        if self.refuses(origin, bytes.len()) {
            return Flow::Continue;
        }
        let mut candidates = Vec::new();
        let piece = Piece::of(origin.kind, bytes);
        self.scanner
            .scan(&piece, &mut self.scratch, &mut candidates);
        self.name_incomplete(origin);
        // A name is no file of its own.
        if !origin.kind.is_name() {
            let whole = u64::from(!self.scratch.is_incomplete());
            self.passed(whole, bytes.len() as u64);
        }
        if candidates.is_empty() && self.scratch.markers().is_empty() {
            return Flow::Continue;
        }
        // Before the old versions go through the same scratch memory.
        let markers = self.scratch.markers().to_vec();
        let old = if candidates.is_empty() {
            None
        } else {
            let versions = self.old_candidates(scope);
            versions.map(|versions| self.old_secrets(&origin.location_path(), versions))
        };
        let before = self.own.findings.len();
        if !candidates.is_empty() {
            let sheet = &mut Sheet::new(self.scanner.unpacks());
            self.keep(origin, candidates, &mut &*bytes, sheet, old.as_ref(), None);
        }
        if !markers.is_empty() {
            let unused = place::unused_markers(
                &origin.location_path(),
                bytes,
                &markers,
                &self.own.findings[before..],
            );
            self.own.unused.extend(unused);
        }
        Flow::Continue
    }

    fn window(&mut self, piece: &Piece<'_>) -> Vec<Candidate> {
        let mut candidates = Vec::new();
        self.scanner.scan(piece, &mut self.scratch, &mut candidates);
        candidates
    }

    fn settle(
        &mut self,
        origin: &Origin<'_>,
        len: u64,
        candidates: Vec<Candidate>,
        text: &mut dyn Text,
    ) -> Flow {
        let head = text.context(Span::new(0, 1));
        let packed = head.is_some_and(|head| rdata::begins_one(head.bytes));
        if packed {
            let why = "R data of more than 8 MiB is not unpacked; save it as less, \
                       or leave it out with --exclude";
            self.own.skipped.push(Skip {
                path: origin.location_path(),
                reason: SkipReason::Unsupported(why.to_owned()),
            });
        }
        let sheet = &mut Sheet::new(self.scanner.unpacks());
        if candidates.is_empty() || self.keep(origin, candidates, text, sheet, None, None) {
            self.passed(u64::from(!packed), len);
        }
        Flow::Continue
    }

    fn limit(&self) -> u64 {
        self.options.max_size
    }

    fn probe(&mut self, bytes: &[u8]) -> Probed {
        if bytes.len() as u64 > self.limit() {
            return Probed::Unscanned;
        }
        let mut candidates = Vec::new();
        // Messages are read like names.
        let piece = Piece::of(OriginKind::FileName, bytes);
        self.scanner
            .scan(&piece, &mut self.scratch, &mut candidates);
        let confidences = candidates.iter().map(|candidate| candidate.confidence);
        self.probed(confidences)
    }

    fn probe_version(&mut self, bytes: &[u8], base: Option<Base<'_>>) -> (Probed, Option<Known>) {
        if bytes.len() as u64 > self.limit() {
            return (Probed::Unscanned, None);
        }
        let outcome = self
            .scanner
            .scan_version(bytes, base.as_ref(), &mut self.scratch);
        let probed = self.probed(outcome.confidences.into_iter());
        (probed, outcome.known)
    }

    fn placed(
        &mut self,
        bytes: &[u8],
        known: Option<&Known>,
        scope: &Scope<'_>,
        places: &[(Origin<'_>, Trace)],
    ) {
        let mut refused = false;
        for (origin, _) in places {
            refused |= self.refuses(origin, bytes.len());
        }
        // Of one object all places are of one sort.
        let Some((origin, _)) = places.first().filter(|_| !refused) else {
            return;
        };
        let mut candidates = Vec::new();
        let scratch = &mut self.scratch;
        match known {
            Some(known) => self
                .scanner
                .scan_known(bytes, known, scratch, &mut candidates),
            None => {
                let piece = Piece::of(origin.kind, bytes);
                self.scanner.scan(&piece, scratch, &mut candidates);
            }
        }
        for (origin, _) in places {
            self.name_incomplete(origin);
        }
        if candidates.is_empty() {
            return;
        }
        let versions = self.old_candidates(scope);
        let mut sheet = Sheet::new(self.scanner.unpacks());
        for (origin, trace) in places {
            let old = versions
                .clone()
                .map(|versions| self.old_secrets(&origin.location_path(), versions));
            let candidates = candidates.clone();
            let text = &mut &*bytes;
            self.keep(
                origin,
                candidates,
                text,
                &mut sheet,
                old.as_ref(),
                Some(trace),
            );
        }
    }

    fn passed(&mut self, objects: u64, bytes: u64) {
        self.own.scanned += objects;
        self.own.bytes += bytes;
        if let Some(meter) = self.options.meter {
            meter.add(objects, bytes);
        }
    }

    fn skip(&mut self, skip: Skip) {
        self.own.skipped.push(skip);
    }

    fn wants_whole(&self, head: &[u8]) -> bool {
        notebook::is_one(head)
    }

    fn overlap(&self) -> (usize, usize) {
        self.scanner.overlap()
    }
}

impl Drop for ScanWorker<'_> {
    fn drop(&mut self) {
        let mut all = self
            .all
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        let own = std::mem::take(&mut self.own);
        all.findings.extend(own.findings);
        all.skipped.extend(own.skipped);
        all.scanned += own.scanned;
        all.bytes += own.bytes;
        all.low_confidence += own.low_confidence;
        all.unused.extend(own.unused);
    }
}

/// Whether the bytes are a pointer of Git LFS and hold nothing besides: its
/// three lines as the specification has them (github.com/git-lfs/git-lfs,
/// docs/spec.md). What only begins like one is scanned.
fn is_lfs_pointer(bytes: &[u8]) -> bool {
    const VERSION: &[u8] = b"version https://git-lfs.github.com/spec/v1\noid sha256:";
    let Some(rest) = bytes.strip_prefix(VERSION) else {
        return false;
    };
    let is_hex = |b: &u8| b.is_ascii_digit() || (b'a'..=b'f').contains(b);
    let Some((oid, rest)) = rest.split_at_checked(64) else {
        return false;
    };
    let size = rest.strip_prefix(b"\nsize ").map(<[u8]>::trim_ascii_end);
    oid.iter().all(is_hex)
        && size.is_some_and(|size| {
            (1..=20).contains(&size.len()) && size.iter().all(u8::is_ascii_digit)
        })
}

/// One secret each, as sure as it is at this path.
fn resolved(rules: &[Rule], path: &[u8], candidates: Vec<Candidate>) -> Vec<Resolved> {
    let mut resolved = resolve(rules, candidates);
    if is_rehearsal(path) {
        resolved
            .iter_mut()
            .for_each(|found| doubt_rehearsed(rules, found));
    } else if is_translated(path) {
        resolved
            .iter_mut()
            .for_each(|found| doubt_translated(rules, found));
    } else if is_settings(path) {
        resolved.iter_mut().for_each(trust_settings);
    }
    join(rules, resolved)
}

/// What only its place tells is one step less sure where values are made up;
/// but a value that no one made up, for all that can be seen, is shown.
fn doubt_rehearsed(rules: &[Rule], found: &mut Resolved) {
    let candidate = &mut found.candidate;
    let rule = &rules[candidate.rule as usize];
    if matches!(rule.class, Class::Context | Class::Password) {
        let value = candidate.value.expose();
        let sure = rule.confidence == Confidence::High;
        let drawn = sure && value::is_drawn(value);
        candidate.confidence = match candidate.confidence {
            Confidence::High => Confidence::Medium,
            Confidence::Medium if drawn => Confidence::Medium,
            _ => Confidence::Low,
        };
        candidate
            .reasons
            .push("in a file of tests, examples or documents".into());
    }
}

/// What stands behind `password` there: in a file of translations a word, in
/// whatever language, is what people are shown.
fn doubt_translated(rules: &[Rule], found: &mut Resolved) {
    let candidate = &mut found.candidate;
    let class = rules[candidate.rule as usize].class;
    let value = candidate.value.expose();
    let word = matches!(class, Class::Password | Class::Context) && value::is_word(value);
    if word || class == Class::Password && (!value::is_drawn(value) || !value.is_ascii()) {
        candidate.confidence = Confidence::Low;
        candidate.reasons.push("in a file of translations".into());
    }
}

/// A plain word that a file of settings gives as a password is one, weak as it
/// may be.
fn trust_settings(found: &mut Resolved) {
    let candidate = &mut found.candidate;
    if candidate.plain && candidate.confidence == Confidence::Low {
        candidate.confidence = Confidence::Medium;
        candidate.reasons.push("in a file of settings".into());
    }
}

/// The globs of the rules that only a path can vouch for, made ready when they
/// are first asked for.
#[derive(Default)]
struct Vouchers(HashMap<RuleIndex, Vec<GlobMatcher>>);

impl Vouchers {
    /// Whether a path vouches for a rule's candidates: one of the rule's globs
    /// fits its last two components, or the last one.
    fn vouch(&mut self, rules: &[Rule], rule: RuleIndex, path: &[u8]) -> bool {
        let path = String::from_utf8_lossy(path).to_ascii_lowercase();
        let mut starts = path.rmatch_indices('/').map(|(at, _)| at + 1);
        let name = &path[starts.next().unwrap_or(0)..];
        let with_parent = &path[starts.next().unwrap_or(0)..];
        let globs = self.0.entry(rule).or_insert_with(|| {
            let globs = rules[rule as usize].paths.iter();
            // They were checked when the rule was loaded.
            let ready = globs.filter_map(|glob| Glob::new(glob).ok());
            ready.map(|glob| glob.compile_matcher()).collect()
        });
        globs
            .iter()
            .any(|glob| glob.is_match(name) || glob.is_match(with_parent))
    }
}
