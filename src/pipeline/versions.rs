//! In history one secret at one place comes once for every version of the
//! file. Here the versions become one finding, shown as the last one has it,
//! with the history of all.

use crate::vocabulary::{Change, Finding, OriginKind, Secret};
use std::borrow::Cow;
use std::collections::HashMap;

/// What makes two findings versions of one: the last number tells apart what
/// stands more than once in a version.
type Place = (OriginKind, Vec<u8>, Cow<'static, str>, Secret, u32);

/// Joins the versions. Which thread came first with one decides nothing.
pub(super) fn join(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(|a, b| age(a).cmp(&age(b)));
    let mut joined: Vec<Finding> = Vec::new();
    let mut known: HashMap<Place, usize> = HashMap::new();
    let mut counts: HashMap<(String, Place), u32> = HashMap::new();
    for mut finding in findings {
        let Some(history) = finding.history.take() else {
            joined.push(finding);
            continue;
        };
        let mut place = (
            finding.location.kind,
            finding.location.path.clone(),
            finding.rule.clone(),
            finding.secret.clone(),
            0,
        );
        let version = history
            .first
            .as_ref()
            .map_or_else(String::new, |commit| commit.id.clone());
        let count = counts
            .entry((history.object.clone() + &version, place.clone()))
            .or_default();
        place.4 = *count;
        *count += 1;
        match known.get(&place) {
            None => {
                known.insert(place, joined.len());
                finding.history = Some(history);
                joined.push(finding);
            }
            Some(&at) => {
                let before = &mut joined[at];
                let mut all = before.history.take().unwrap_or_default();
                let later = all.absorb(history);
                // A comment that accepts it may come a commit later.
                if later && !finding.suppressions.is_empty() {
                    before.suppressions.clone_from(&finding.suppressions);
                }
                // New in one commit, it stays new in those that follow.
                let is_new = |f: &Finding| f.change != Change::Old;
                if is_new(&finding) && (later || !is_new(before)) || later && !is_new(before) {
                    std::mem::swap(before, &mut finding);
                }
                before.history = Some(all);
                // Either id names it, to whoever has it from one commit alone.
                let others = finding.other_fingerprints.into_iter();
                for other in others.chain([finding.fingerprint]) {
                    let known = &before.other_fingerprints;
                    if other != before.fingerprint && !known.contains(&other) {
                        before.other_fingerprints.push(other);
                    }
                }
            }
        }
    }
    joined
}

/// An order in which later versions stand behind earlier ones.
fn age(finding: &Finding) -> impl Ord + use<'_> {
    let history = finding.history.as_ref();
    let age = history.map(|history| {
        let last = history.last.as_ref().map(|commit| commit.rank);
        (last, &history.object)
    });
    (age, finding.order())
}
