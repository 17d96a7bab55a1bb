//! One secret span, one finding: where several rules matched the same bytes,
//! the one that knows most wins and the others are named beside it.

use crate::rules::check::WRONG_CHECKSUM;
use crate::rules::{Rule, Shape};
use crate::vocabulary::{Candidate, Confidence, RuleIndex, Span, ViewKind};

/// A candidate that stands for all that overlap it.
#[derive(Debug)]
pub struct Resolved {
    /// The winner.
    pub candidate: Candidate,
    /// The rules it won over.
    pub also: Vec<RuleIndex>,
    /// Other secrets that belong to it; they are results of their own as well.
    pub parts: Vec<Candidate>,
}

impl Resolved {
    /// How sure: both halves of a pair make each other surer.
    pub fn confidence(&self) -> Confidence {
        match self.parts.is_empty() {
            true => self.candidate.confidence,
            false => self.candidate.confidence.raised(),
        }
    }
}

/// Tells secrets that belong together of each other: what a rule names as its
/// parts, where it stands close by. A part keeps its own place in the results,
/// because it has to be taken out there. In order of place, as they come.
pub fn join(rules: &[Rule], mut resolved: Vec<Resolved>) -> Vec<Resolved> {
    let rule = |one: &Resolved| &rules[one.candidate.rule as usize];
    if !resolved.iter().any(|one| !rule(one).parts.is_empty()) {
        return resolved;
    }
    for at in 0..resolved.len() {
        let whole = rule(&resolved[at]);
        let place = resolved[at].candidate.secret;
        let (from, to) = reach(&resolved, at, place, u64::from(whole.within));
        let belongs =
            |other: &usize| *other != at && whole.parts.contains(&rule(&resolved[*other]).id);
        let parts = (from..to).filter(belongs);
        let parts = parts.map(|part| resolved[part].candidate.clone()).collect();
        resolved[at].parts = parts;
    }
    resolved
}

/// The range of what stands within so many bytes of the one at `at`.
fn reach(resolved: &[Resolved], at: usize, place: Span, within: u64) -> (usize, usize) {
    let near = |one: &&Resolved| {
        let other = one.candidate.secret;
        other.end + within >= place.start && other.start <= place.end + within
    };
    let before = resolved[..at].iter().rev().take_while(near).count();
    let behind = resolved[at + 1..].iter().take_while(near).count();
    (at - before, at + 1 + behind)
}

/// Picks the winners among the candidates of one blob, in any order: a
/// provider's rule before a format's before a context's before a password's,
/// in each class those of names last, then what a notebook's reader sees, then
/// the longer secret, then the smaller id. Of one rule's matches that
/// overlap, the first wins. Returned in order of place.
pub fn resolve(rules: &[Rule], candidates: Vec<Candidate>) -> Vec<Resolved> {
    let mut queue = leftmost(candidates);
    queue.sort_by(|a, b| {
        // Of a class, rules that know only names know least.
        let class = |c: &Candidate| {
            let rule = &rules[c.rule as usize];
            let seen = c.view == ViewKind::Notebook;
            (rule.class, matches!(rule.shape, Shape::Named { .. }), !seen)
        };
        (
            class(a),
            std::cmp::Reverse(a.secret.len()),
            a.rule,
            a.secret,
            a.view,
        )
            .cmp(&(
                class(b),
                std::cmp::Reverse(b.secret.len()),
                b.rule,
                b.secret,
                b.view,
            ))
    });
    // Winners by place: none overlaps another, so only two neighbours can
    // overlap a newcomer.
    let mut winners: std::collections::BTreeMap<u64, Resolved> = std::collections::BTreeMap::new();
    for candidate in queue {
        let over = winners
            .range_mut(..candidate.secret.end)
            .next_back()
            .map(|(_, winner)| winner)
            .filter(|winner| winner.candidate.secret.overlaps(&candidate.secret));
        match over {
            Some(winner) => {
                // Two rules or readings that see the same secret are surer than
                // one, unless one of them knows better. What holds a sure
                // secret is as sure: a doubt about the whole may not hide it.
                let wrong = |why: &std::borrow::Cow<'_, str>| why.ends_with(WRONG_CHECKSUM);
                let holds = winner.candidate.secret.start <= candidate.secret.start
                    && candidate.secret.end <= winner.candidate.secret.end;
                if holds && !winner.candidate.reasons.iter().any(wrong) {
                    winner.candidate.confidence =
                        winner.candidate.confidence.max(candidate.confidence);
                }
                if winner.candidate.rule != candidate.rule && !winner.also.contains(&candidate.rule)
                {
                    winner.also.push(candidate.rule);
                }
            }
            None => {
                winners.insert(
                    candidate.secret.start,
                    Resolved {
                        candidate,
                        also: Vec::new(),
                        parts: Vec::new(),
                    },
                );
            }
        }
    }
    winners
        .into_values()
        .map(|mut winner| {
            winner.also.sort_unstable();
            winner
        })
        .collect()
}

/// Drops matches that start inside an earlier match of the same rule and view.
fn leftmost(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.sort_by_key(|c| (c.rule, c.view, c.matched));
    let mut kept: Vec<Candidate> = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        let inside = kept.last().is_some_and(|last| {
            (last.rule, last.view) == (candidate.rule, candidate.view)
                && candidate.matched.start < last.matched.end
        });
        if !inside {
            kept.push(candidate);
        }
    }
    kept
}
