//! One page for a browser, to work through a long list: secrets one by one,
//! worst first, each with its places and what to do; to be filtered and copied
//! from. It is one file that loads nothing and asks nobody, so it can be sent,
//! archived and opened offline.
//!
//! All text is escaped into the page here; the script hides and shows, and
//! makes no element out of text. A content security policy names the style and
//! the script by their digests, so that nothing else could run or be fetched,
//! whatever a file name says. Without scripts the page shows everything.

use super::escape::{markup, terminal, terminal_char, web_address};
use super::{Report, words};
use crate::rules::Rule;
use crate::vocabulary::{Finding, OriginKind, Severity, Skip, Standing, Trace};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// How many places of a secret are shown before the rest is folded away.
const OPEN: usize = 3;
/// How many things left out on purpose are named.
const NAMED: usize = 1_000;

/// Writes the page.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let verdict = markup(&words::verdict(report));
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>tightlip: {verdict}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n",
        digest(STYLE),
        digest(SCRIPT),
    )?;
    let secrets = secrets(report);
    header(report, &verdict, out)?;
    filter(report, out)?;
    not_scanned(report, out)?;
    writeln!(out, "<main>")?;
    let mut told = BTreeSet::new();
    for places in &secrets {
        secret(report, places, &mut told, out)?;
    }
    writeln!(out, "</main>")?;
    footnotes(report, out)?;
    write!(out, "<script>{SCRIPT}</script>\n</body>\n</html>\n")
}

/// A source expression of the content security policy.
fn digest(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

/// The findings of each secret, the worst secret first; what counts stands
/// before what does not.
fn secrets<'a>(report: &'a Report<'a>) -> Vec<Vec<&'a Finding>> {
    let mut groups: BTreeMap<u32, Vec<&Finding>> = BTreeMap::new();
    for finding in &report.findings {
        groups.entry(finding.group).or_default().push(finding);
    }
    let mut secrets: Vec<Vec<&Finding>> = groups.into_values().collect();
    for places in &mut secrets {
        places.sort_by_key(|finding| std::cmp::Reverse(weight(finding)));
    }
    secrets.sort_by_key(|places| std::cmp::Reverse(weight(places[0])));
    secrets
}

fn weight(finding: &Finding) -> (bool, std::cmp::Reverse<Option<Standing>>, Severity) {
    // What still stands at a tip is the first to be revoked.
    let standing = finding.history.as_ref().map(Trace::standing);
    (
        finding.is_active(),
        std::cmp::Reverse(standing),
        finding.severity,
    )
}

fn header(report: &Report<'_>, verdict: &str, out: &mut dyn Write) -> io::Result<()> {
    let class = match report.exit_code() {
        0 => "good",
        1 => "bad",
        _ => "warn",
    };
    writeln!(
        out,
        "<header>\n<h1 class=\"{class}\">{verdict}</h1>\n<p>{} tightlip {}.</p>",
        markup(&words::covered(report, None)),
        env!("CARGO_PKG_VERSION"),
    )?;
    let not_shown = words::not_shown(report, false);
    if !not_shown.is_empty() {
        writeln!(out, "<p>{}.</p>", markup(&not_shown.join(", ")))?;
    }
    for note in &report.coverage.notes {
        writeln!(out, "<p>{}</p>", text(note))?;
    }
    writeln!(out, "</header>")
}

/// The controls, which the script shows.
fn filter(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<form hidden>\n<input type=\"search\" aria-label=\"Filter\" placeholder=\"Filter by path, rule or words\">"
    )?;
    for severity in Severity::ALL.iter().rev() {
        let of_it = report.findings.iter().filter(|f| f.severity == *severity);
        let count = of_it.count();
        if count > 0 {
            writeln!(
                out,
                "<label><input type=\"checkbox\" data-severity=\"{severity}\" checked> \
                 <span class=\"{}\">{severity}</span> {}</label>",
                color(*severity),
                words::number(count as u64)
            )?;
        }
    }
    for standing in Standing::ALL {
        let of_it = report.findings.iter().filter(|finding| {
            let history = finding.history.as_ref();
            history.is_some_and(|history| history.standing() == *standing)
        });
        let count = of_it.count();
        if count > 0 {
            writeln!(
                out,
                "<label><input type=\"checkbox\" data-standing=\"{0}\" checked> {0} {1}</label>",
                standing.as_str(),
                words::number(count as u64)
            )?;
        }
    }
    let settled = report.findings.iter().filter(|f| !f.is_active()).count();
    if settled > 0 {
        writeln!(
            out,
            "<label><input type=\"checkbox\" data-settled> accepted or old {}</label>",
            words::number(settled as u64)
        )?;
    }
    writeln!(out, "<output class=\"soft\"></output>\n</form>")
}

/// One secret: what it is, where it stands, what to do. `told` are the rules
/// whose advice stands open further up; it need not fill the page again.
fn secret<'a>(
    report: &Report<'_>,
    places: &[&'a Finding],
    told: &mut BTreeSet<&'a str>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let first = places[0];
    writeln!(
        out,
        "<section data-secret>\n<div class=\"heading\"><span class=\"severity {}\">{}</span> \
         <h2>{}</h2> <code>{}</code> <code class=\"soft\">{}</code></div>",
        color(first.severity),
        first.severity,
        markup(&words::title(first)),
        text(&first.secret.masked()),
        text(&first.rule),
    )?;
    if places.len() > 1 {
        let count = words::count(places.len(), "place", "places");
        writeln!(out, "<p class=\"soft\">{count}, one secret</p>")?;
    }
    let (open, folded) = places.split_at(places.len().min(OPEN));
    list(open, first, out)?;
    if !folded.is_empty() {
        let more = words::count(folded.len(), "place", "places");
        writeln!(
            out,
            "<details class=\"more\"><summary>{more} more</summary>"
        )?;
        list(folded, first, out)?;
        writeln!(out, "</details>")?;
    }
    if first.is_active() {
        remedy(report, first, told.insert(&first.rule), out)?;
    }
    writeln!(out, "</section>")
}

fn list(places: &[&Finding], first: &Finding, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<ul class=\"places\">")?;
    for finding in places {
        place(finding, first, out)?;
    }
    writeln!(out, "</ul>")
}

fn place(finding: &Finding, first: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let settled = if finding.is_active() {
        ""
    } else {
        " data-settled"
    };
    let standing = finding
        .history
        .as_ref()
        .map_or_else(String::new, |history| {
            format!(" data-standing=\"{}\"", history.standing().as_str())
        });
    writeln!(
        out,
        "<li data-severity=\"{}\"{standing}{settled}>\n<div class=\"copyable\">\
         <code class=\"place\" data-text>{}</code> <button type=\"button\" hidden>copy</button></div>",
        finding.severity,
        markup(&words::place(&finding.location)),
    )?;
    if finding.location.region.start_line > 0 && !finding.snippet.text.is_empty() {
        writeln!(out, "<pre>{}</pre>", snippet(finding))?;
    }
    let mut why = words::why(finding);
    if finding.rule != first.rule {
        why = format!("{}: {why}", terminal(finding.rule.as_bytes()));
    }
    writeln!(out, "<p class=\"soft\">{}</p>", markup(&why))?;
    if let Some(history) = &finding.history {
        let since = since(history);
        writeln!(out, "<p class=\"soft\">{}</p>", markup(&since))?;
    }
    for related in &finding.related {
        writeln!(
            out,
            "<p class=\"soft\">with {}: {}</p>",
            markup(&words::place(&related.location)),
            text(&related.message)
        )?;
    }
    if !finding.is_active() {
        let why = words::why_inactive(finding);
        writeln!(out, "<p class=\"soft\">stands: {}</p>", markup(&why))?;
    }
    writeln!(
        out,
        "<p class=\"soft copyable\">id <code data-text>{}</code> \
         <button type=\"button\" hidden>copy</button></p>\n</li>",
        finding.fingerprint.as_str()
    )
}

/// What is to be done about it, and from which commit to which it stood there.
fn since(history: &Trace) -> String {
    let mut text = match history.standing() {
        Standing::Now => "now: pushed, still at the tip of a branch".to_owned(),
        Standing::Rotate => "rotate: pushed, gone from every tip".to_owned(),
        Standing::Amend => "amend: local only, rewrite before pushing".to_owned(),
        Standing::Unreachable => "unreachable: no ref has it".to_owned(),
    };
    for (word, commit) in [("since", &history.first), ("last in", &history.last)] {
        if let Some(commit) = commit {
            let day = words::date(commit.time).unwrap_or_default();
            text.push_str(&format!("; {word} {day} {}", words::short(&commit.id)));
        }
    }
    text
}

/// The masked line, the mask marked.
fn snippet(finding: &Finding) -> String {
    let (start, len) = finding.snippet.mask;
    let mut out = String::new();
    for (at, c) in finding.snippet.text.chars().enumerate() {
        if at == start {
            out.push_str("<mark>");
        }
        match c {
            '\t' => out.push_str("  "),
            '&' | '<' | '>' | '"' | '\'' => out.push_str(&markup(c.encode_utf8(&mut [0; 4]))),
            _ => terminal_char(c, &mut out),
        }
        if at + 1 == start + len {
            out.push_str("</mark>");
        }
    }
    if start + len > finding.snippet.text.chars().count() && out.contains("<mark>") {
        out.push_str("</mark>");
    }
    out
}

/// What to do about a secret: what its holder can do, how to revoke it, and
/// the ways to say that it is none.
fn remedy(
    report: &Report<'_>,
    finding: &Finding,
    open: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let open = if open { " open" } else { "" };
    writeln!(
        out,
        "<details class=\"remedy\"{open}><summary>What to do</summary>"
    )?;
    match report.rule(&finding.rule) {
        Some(rule) => {
            writeln!(out, "<p class=\"soft\">{}</p>", text(&rule.description))?;
            copyable(&prose(&rule.remediation), "p", out)?;
            references(rule, out)?;
        }
        None => copyable(&words::advice(report, finding).step, "p", out)?,
    }
    let advice = words::advice(report, finding);
    if let Some(command) = &advice.command {
        writeln!(out, "<p>{}</p>", markup(&advice.step))?;
        copyable(command, "code", out)?;
    }
    writeln!(out, "<p class=\"soft\">{}</p>", markup(&advice.note))?;
    let command = words::allow_command(report, finding);
    let comment = words::allow_comment(finding);
    if command.is_some() || comment.is_some() {
        writeln!(out, "<p class=\"soft\">If it is none, say why:</p>")?;
    }
    if let Some(command) = &command {
        copyable(command, "code", out)?;
    }
    if let Some(comment) = &comment {
        if command.is_some() {
            writeln!(out, "<p class=\"soft\">or in a comment on its line:</p>")?;
        }
        copyable(comment, "code", out)?;
    }
    writeln!(out, "</details>")
}

fn references(rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
    let addresses = rule.references.iter();
    let addresses: Vec<String> = addresses
        .filter_map(|address| web_address(address))
        .collect();
    if addresses.is_empty() {
        return Ok(());
    }
    writeln!(out, "<ul>")?;
    for address in addresses {
        let address = markup(&address);
        writeln!(
            out,
            "<li><a href=\"{address}\" rel=\"noopener noreferrer\">{address}</a></li>"
        )?;
    }
    writeln!(out, "</ul>")
}

fn copyable(what: &str, tag: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<div class=\"copyable\"><{tag} data-text>{}</{tag}> \
         <button type=\"button\" hidden>copy</button></div>",
        text(what)
    )
}

fn not_scanned(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let skipped = report.coverage.skipped.iter();
    let skips: Vec<&Skip> = skipped.filter(|skip| skip.reason.costs_exit()).collect();
    if skips.is_empty() {
        return Ok(());
    }
    writeln!(out, "<section>\n<h2 class=\"warn\">Not scanned</h2>\n<ul>")?;
    for skip in skips {
        let mut why = words::skip(skip);
        if let Some(step) = words::skip_step(skip) {
            why = format!("{why}; {step}");
        }
        writeln!(
            out,
            "<li><code>{}</code>: {}</li>",
            markup(&words::path(&skip.path, OriginKind::File)),
            markup(&why)
        )?;
    }
    writeln!(out, "</ul>\n</section>")
}

/// What was left out on purpose, and suppressions that can go.
fn footnotes(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let skipped = report.coverage.skipped.iter();
    let free: Vec<String> = skipped
        .filter(|skip| !skip.reason.costs_exit())
        .map(|skip| {
            let path = words::path(&skip.path, OriginKind::File);
            format!("{path}: {}", words::skip(skip))
        })
        .collect();
    fold("Left out on purpose", &free, out)?;
    fold(
        "Suppressions that matched nothing, and can go",
        &report.unused_suppressions,
        out,
    )
}

fn fold(title: &str, lines: &[String], out: &mut dyn Write) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let count = words::number(lines.len() as u64);
    writeln!(out, "<details><summary>{title}: {count}</summary>\n<ul>")?;
    for line in lines.iter().take(NAMED) {
        writeln!(out, "<li><code>{}</code></li>", text(line))?;
    }
    if lines.len() > NAMED {
        let more = words::number((lines.len() - NAMED) as u64);
        writeln!(out, "<li>and {more} more</li>")?;
    }
    writeln!(out, "</ul>\n</details>")
}

fn color(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "bad",
        Severity::Medium => "warn",
        Severity::Low | Severity::Note => "calm",
    }
}

/// Text from outside, for the page.
fn text(text: &str) -> String {
    markup(&terminal(text.as_bytes()))
}

/// A rule's text on one line.
fn prose(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::testing;
    use super::*;
    use crate::vocabulary::{Suppression, SuppressionKind};

    fn written(report: &Report<'_>) -> String {
        testing::written(write, report)
    }

    /// The page between its style and its script.
    fn body(page: &str) -> &str {
        let (_, rest) = page.split_once("<body>").unwrap();
        rest.rsplit_once("<script>").unwrap().0
    }

    #[test]
    fn no_name_becomes_markup() {
        let rules = testing::rules();
        let mut report = testing::hostile(&rules);
        let names: [&[u8]; 4] = [
            b"</script><script>alert(1)</script>",
            b"<img src=x onerror=alert(1)>",
            b"\" onmouseover=\"alert(1)",
            b"<!--",
        ];
        for (seed, name) in (60..).zip(names) {
            let mut finding = testing::finding(seed, name);
            let text = String::from_utf8_lossy(name).into_owned();
            finding.snippet.text = format!("{text}{}", finding.snippet.text);
            finding.snippet.mask.0 += text.chars().count();
            finding.summary = text.clone().into();
            finding.rule = text.clone().into();
            finding.reasons = vec![text.clone().into()];
            finding.group = u32::try_from(seed).unwrap();
            finding.suppressions = vec![Suppression {
                kind: SuppressionKind::InSource,
                justification: Some(text.clone()),
            }];
            report.findings.push(finding);
            report.coverage.notes.push(text.clone());
            report.unused_suppressions.push(text);
        }
        let page = written(&report);
        let body = body(&page);
        for tag in ["script", "img", "!--", "style", "iframe", "object"] {
            assert!(!body.contains(&format!("<{tag}")), "{tag}");
        }
        assert!(!body.contains("onmouseover=\""), "an attribute was left");
        // A reader that knows no leniency reads it, too: every tag that needs
        // an end has one.
        let closed = body
            .replace(" hidden>", " hidden=\"\">")
            .replace(" data-text>", " data-text=\"\">")
            .replace(" open>", " open=\"\">")
            .replace(" data-secret>", " data-secret=\"\">")
            .replace(" data-settled>", " data-settled=\"\">")
            .replace(" checked>", " checked=\"\"/>");
        let open: String = closed
            .lines()
            .filter(|line| !line.contains("<input"))
            .collect::<Vec<_>>()
            .join("\n");
        roxmltree::Document::parse(&format!("<body>{open}</body>")).unwrap();
    }

    #[test]
    fn the_policy_names_the_very_style_and_script() {
        let rules = testing::rules();
        let page = written(&testing::clean(&rules));
        for (tag, directive) in [("style", "style-src"), ("script", "script-src")] {
            let (_, rest) = page.split_once(&format!("<{tag}>")).unwrap();
            let (text, _) = rest.split_once(&format!("</{tag}>")).unwrap();
            let expected = format!("{directive} '{}'", digest(text));
            assert!(page.contains(&expected), "{tag}");
            assert!(!text.contains("</"), "{tag} would end early");
        }
        assert!(page.contains("default-src 'none'"));
        for forbidden in [
            "innerHTML",
            "outerHTML",
            "insertAdjacent",
            "document.write",
            "eval(",
        ] {
            assert!(!SCRIPT.contains(forbidden), "{forbidden}");
        }
    }

    #[test]
    fn one_secret_is_one_section_and_the_worst_is_first() {
        let rules = testing::rules();
        let mut findings: Vec<_> = (0..6).map(|n| testing::finding(n, b"a")).collect();
        for finding in &mut findings[..5] {
            finding.group = 1;
        }
        findings[5].group = 2;
        findings[5].severity = Severity::Critical;
        findings[5].rule = "acme-root-key".into();
        findings[5].summary = "Acme root key".into();
        let page = written(&testing::with(&rules, findings));
        assert_eq!(page.matches("<section data-secret>").count(), 2);
        assert!(page.contains("5 places, one secret"));
        assert!(page.contains("<summary>2 places more</summary>"));
        let at = |text: &str| page.find(text).unwrap();
        assert!(at("Acme root key") < at("5 places, one secret"));
    }

    #[test]
    fn what_history_says_can_be_read_and_filtered() {
        let rules = testing::rules();
        let mut findings: Vec<_> = (0..2).map(|n| testing::finding(n, b"a")).collect();
        let first = crate::vocabulary::CommitRef {
            rank: 1,
            id: "0123456789abcdef0123456789abcdef01234567".into(),
            is_root: false,
            time: 1_932_595_200,
            author: None,
        };
        for (finding, at_tip) in findings.iter_mut().zip([false, true]) {
            finding.group = if at_tip { 2 } else { 1 };
            finding.history = Some(Trace {
                first: Some(first.clone()),
                at_tip,
                pushed: true,
                reachable: true,
                ..Trace::default()
            });
        }
        let page = written(&testing::with(&rules, findings));
        assert!(page.contains("still at the tip of a branch; since 2031-03-30 012345678<"));
        for standing in ["now", "rotate"] {
            let place = format!("<li data-severity=\"high\" data-standing=\"{standing}\">");
            assert!(page.contains(&place), "{standing}");
            let switch = format!("data-standing=\"{standing}\" checked> {standing} 1<");
            assert!(page.contains(&switch), "{standing}");
        }
        let at = |text: &str| page.find(text).unwrap();
        assert!(
            at("now: pushed") < at("rotate: pushed"),
            "what stands at a tip is first"
        );
    }

    #[test]
    fn the_mask_is_marked() {
        let rules = testing::rules();
        let page = written(&testing::with(&rules, vec![testing::finding(1, b"a")]));
        let (_, rest) = page.split_once("<mark>").unwrap();
        let (marked, _) = rest.split_once("</mark>").unwrap();
        assert!(marked.ends_with("••••"), "{marked}");
    }
}
