//! Comments that accept a finding: `tightlip:allow`, better
//! `tightlip:allow RULE-ID: reason`, on the finding's line or alone on the
//! line above. They are counted and shown, never a way to lose a finding.

use crate::vocabulary::{Suppression, SuppressionKind};

/// The suppression that covers a finding of `rule`, if `line` or the line
/// above it says so.
pub fn suppression(rule: &str, line: &[u8], above: Option<&[u8]>) -> Option<Suppression> {
    let of = |line: &[u8], alone: bool| {
        memchr::memmem::find_iter(line, Suppression::MARKER).find_map(|at| {
            if alone && !is_comment_start(&line[..at]) {
                return None;
            }
            allows(rule, &line[at + Suppression::MARKER.len()..])
        })
    };
    of(line, false).or_else(|| above.and_then(|line| of(line, true)))
}

/// Whether a marker stands in a comment, and not in prose or in a string that
/// is about it. Asked only of markers that accepted nothing.
pub fn is_comment(before: &[u8], marker: &[u8]) -> bool {
    const STARTS: &[&str] = &["#", "//", "/*", "*", "--", ";", "%", "{#", "'"];
    let text = String::from_utf8_lossy(before);
    let text = text.trim_end();
    let rest = marker.get(Suppression::MARKER.len()..).unwrap_or_default();
    let goes_on = rest
        .first()
        .is_some_and(|b| b.is_ascii_alphanumeric() || b"-_".contains(b));
    !goes_on && (is_comment_start(before) || STARTS.iter().any(|start| text.ends_with(start)))
}

/// Whether the marker is the first thing that the line says.
fn is_comment_start(before: &[u8]) -> bool {
    let text = String::from_utf8_lossy(before);
    let word = text.trim_matches(|c: char| !c.is_alphanumeric());
    word.is_empty() || ["rem", "dnl"].contains(&word.to_ascii_lowercase().as_str())
}

/// Reads what follows the marker: nothing, or rule ids and a reason.
fn allows(rule: &str, rest: &[u8]) -> Option<Suppression> {
    let rest = String::from_utf8_lossy(rest);
    if rest.starts_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_') {
        // Another marker that only begins like ours.
        return None;
    }
    let rest = rest.trim_start();
    let is_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '*';
    let ids_end = rest
        .find(|c: char| !is_id(c) && c != ',')
        .unwrap_or(rest.len());
    let ids: Vec<&str> = rest[..ids_end]
        .split(',')
        .map(|id| id.trim_matches('-'))
        .filter(|id| id.starts_with(|c: char| c.is_ascii_lowercase()))
        .collect();
    let named = ids.iter().any(|id| match id.strip_suffix('*') {
        Some(start) => rule.starts_with(start),
        None => *id == rule,
    });
    if !ids.is_empty() && !named {
        return None;
    }
    let reason = rest[ids_end..]
        .trim_start_matches([':', ' ', '\t'])
        .trim_end()
        .trim_end_matches("*/")
        .trim_end_matches("-->")
        .trim_end_matches("#}")
        .trim();
    Some(Suppression {
        kind: SuppressionKind::InSource,
        justification: (!reason.is_empty()).then(|| reason.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(line: &str, above: Option<&str>) -> Option<Option<String>> {
        suppression("acme-key", line.as_bytes(), above.map(str::as_bytes)).map(|s| s.justification)
    }

    #[test]
    fn the_line_itself_may_say_it() {
        assert_eq!(reason("k = 1 # tightlip:allow", None), Some(None));
        assert_eq!(
            reason("k = 1 // tightlip:allow acme-key: a sample", None),
            Some(Some("a sample".to_owned()))
        );
        assert_eq!(
            reason("<k/> <!-- tightlip:allow acme-key: a sample -->", None),
            Some(Some("a sample".to_owned()))
        );
        assert_eq!(reason("k = 1 # tightlip:allow other, acme-*", None), None);
        assert_eq!(
            reason("k = 1 # tightlip:allow other,acme-*", None),
            Some(None)
        );
        assert_eq!(reason("k = 1 # tightlip:allow other-key: no", None), None);
        assert_eq!(reason("k = 1 # tightlip:allowed", None), None);
    }

    #[test]
    fn prose_about_the_marker_is_no_comment() {
        let of = |line: &str| {
            let at = line.find("tightlip:allow").unwrap_or(0);
            is_comment(&line.as_bytes()[..at], &line.as_bytes()[at..])
        };
        for line in [
            "x = 1 # tightlip:allow",
            "// tightlip:allow acme-key: why",
            "<k/> <!-- tightlip:allow -->",
            "REM tightlip:allow",
            "{# tightlip:allow #}",
        ] {
            assert!(of(line), "{line}");
        }
        for line in [
            "write `tightlip:allow RULE: reason` there",
            "const MARKER: &[u8] = b\"tightlip:allow\";",
            "# tightlip:allowed",
            "a comment with tightlip:allow in it",
        ] {
            assert!(!of(line), "{line}");
        }
    }

    #[test]
    fn the_line_above_may_say_it_when_it_stands_alone() {
        assert_eq!(reason("k = 1", Some("  # tightlip:allow")), Some(None));
        assert_eq!(
            reason("k = 1", Some("/* tightlip:allow acme-key */")),
            Some(None)
        );
        assert_eq!(reason("k = 1", Some("REM tightlip:allow")), Some(None));
        assert_eq!(reason("k = 1", Some("j = 2 # tightlip:allow")), None);
    }
}
