//! Case 16: no output shows a secret. Every built-in rule's token is written
//! into files, file names and comments; then every format, verbosity and
//! error path is run, and everything that was written anywhere is searched
//! for any 8 consecutive bytes of any of them.

use crate::harness::{NOW, Place, Run, files_below, formats};
use std::collections::{HashMap, HashSet};
use std::fs;
use tightlip::rules::{Rule, Ruleset, sample};

/// Runs of 8 bytes that belong to a secret alone: not to the public start of
/// a format, and not to the words of the rule files or of the examples.
struct Canaries {
    tokens: Vec<(String, String)>,
    /// Each run, and the token it is of.
    runs: HashMap<[u8; 8], usize>,
}

fn runs(bytes: &[u8]) -> impl Iterator<Item = [u8; 8]> {
    bytes.windows(8).map(|run| run.try_into().unwrap())
}

impl Canaries {
    fn new() -> Self {
        let rules = Ruleset::builtin();
        let mut tokens = Vec::new();
        let mut secret = HashMap::new();
        // What the examples of any rule say, the manual shows.
        let said = |rule: &Rule| [rule.matches.clone(), rule.ignores.clone()].concat();
        let said: Vec<_> = rules.rules().iter().flat_map(said).collect();
        let said: HashSet<[u8; 8]> = said.iter().flat_map(|text| runs(text.as_bytes())).collect();
        for (at, rule) in rules.rules().iter().enumerate() {
            let token = |seed| sample::token(rule, seed, NOW).unwrap();
            // What all tokens of a rule share is no secret of any of them.
            let mut public = said.clone();
            // Nor are the words of the formats that look like a prefix of one.
            public.extend(runs(b"secret_fingerprint"));
            public.extend((b'0'..=b'z').map(|last| {
                let mut word = *b"secret_?";
                word[7] = last;
                word
            }));
            (1000..1064).for_each(|seed| public.extend(runs(token(seed).as_bytes())));
            // Where few bytes are left to chance, the first try may share all.
            let alone = |own: &str| {
                let alone = runs(own.as_bytes()).filter(|run| !public.contains(run));
                alone.collect::<Vec<_>>()
            };
            let seeds = (0..100).map(|tries| 1 + at as u64 + 10_000 * tries);
            let own = seeds.map(token).find(|own| !alone(own).is_empty());
            let own = own.unwrap_or_else(|| panic!("{}: all its tokens are alike", rule.id));
            secret.extend(alone(&own).into_iter().map(|run| (run, at)));
            tokens.push((rule.id.to_string(), own));
        }
        Canaries {
            tokens,
            runs: secret,
        }
    }

    /// Fails if `bytes` show 8 bytes of a canary.
    #[track_caller]
    fn check(&self, what: &str, bytes: &[u8]) {
        // Reports are full of fingerprints: eight hex digits of one may be those
        // of a canary by chance, twelve may not.
        let by_chance = |from: usize, token: &str| {
            let hex = |b: &u8| b.is_ascii_digit() || (b'a'..=b'f').contains(b);
            bytes[from..from + 8].iter().all(hex)
                && !bytes
                    .get(from..from + 12)
                    .is_some_and(|long| token.as_bytes().windows(12).any(|own| own == long))
        };
        for (from, run) in runs(bytes).enumerate() {
            let Some((id, token)) = self.runs.get(&run).map(|&at| &self.tokens[at]) else {
                continue;
            };
            if !by_chance(from, token) {
                panic!(
                    "{what} shows a token of {id}: {}",
                    String::from_utf8_lossy(
                        &bytes[from.saturating_sub(300)..bytes.len().min(from + 60)]
                    )
                );
            }
        }
    }

    #[track_caller]
    fn check_run(&self, what: &str, run: &Run) {
        self.check(&format!("{what}: stdout"), &run.stdout);
        self.check(&format!("{what}: stderr"), &run.stderr);
    }

    /// Every token in the examples of its rule, by itself, twice on a line,
    /// beside its neighbour, and in a file's name where it can be.
    fn write(&self, place: &Place) {
        let rules = Ruleset::builtin();
        let mut before = String::new();
        for (id, token) in &self.tokens {
            let rule = rules.get(id).unwrap();
            let mut text = String::new();
            for example in rule.matches.iter() {
                text += &sample::fill(example, token);
                text += "\n\n";
            }
            let Some(example) = one_line(rule) else {
                place.write(format!("src/{id}.txt"), &text);
                continue;
            };
            let line = sample::fill(example, token).replace('\n', " ");
            text += &format!("{line} ; {before} ; {line} # tightlip:allow {id}: {line}\n");
            place.write(format!("src/{id}.txt"), &text);
            if !token.contains(['/', '\n']) && line.len() < 200 {
                place.write(format!("{}.d/x", line.replace('/', "|")), &text);
            }
            before = line;
        }
        place.write("all.txt", self.line());
        place.write("wide.txt", crate::harness::utf16(&self.line(), true, true));
    }

    /// One line that holds everything.
    fn line(&self) -> String {
        let rules = Ruleset::builtin();
        let filled = self.tokens.iter().filter_map(|(id, token)| {
            let example = one_line(rules.get(id).unwrap())?;
            Some(sample::fill(example, token).replace('\n', "\\n"))
        });
        filled.collect::<Vec<_>>().join(" ")
    }
}

/// An example that means the same on one line: where a rule asks for lines
/// (.pypirc), its token on one line is not known to be a secret.
fn one_line(rule: &Rule) -> Option<&str> {
    let mut examples = rule.matches.iter().map(|example| &**example);
    examples.find(|example| !example.contains('\n'))
}

#[test]
fn the_search_for_canaries_finds_one() {
    let canaries = Canaries::new();
    let short = |token: &str| token.len() < 12 && token.bytes().all(|b| b.is_ascii_hexdigit());
    for (id, token) in &canaries.tokens {
        if short(token) {
            // Such as may stand in a fingerprint by chance are not looked for.
            continue;
        }
        let caught = std::panic::catch_unwind(|| canaries.check("itself", token.as_bytes()));
        assert!(caught.is_err(), "{id}: nothing of its token is secret");
    }
}

#[test]
fn case_16_reports() {
    // At stake: the report of a leak is the next leak.
    let canaries = Canaries::new();
    let place = Place::repo();
    canaries.write(&place);
    place.git(&["add", "-A"]).expect(0);
    let all = "--min-confidence=low";
    for format in formats() {
        // How a report looks reaches the human one alone.
        let verbosities: &[&str] = match format {
            "human" => &["-q", "-v", "--color=always", "--fail-on=note"],
            _ => &["-v"],
        };
        for verbosity in verbosities {
            for command in [&["scan"][..], &["staged", "--whole"], &["hook", "all.txt"]] {
                let args = [command, &["-f", format, verbosity, all]].concat();
                let run = place.tightlip(&args).expect(1);
                canaries.check_run(&args.join(" "), &run);
            }
        }
        let piped = place.pipe(
            &["scan", "-", "-f", format, all],
            canaries.line().as_bytes(),
        );
        canaries.check_run(&format!("scan - -f {format}"), &piped.expect(1));
    }
    let out = Place::new();
    let file = |format: &str| format!("{format}={}", out.at(format).display());
    let mut args = vec![
        "scan".to_owned(),
        "-o".to_owned(),
        out.at("output").display().to_string(),
    ];
    for format in formats() {
        args.extend(["--report".to_owned(), file(format)]);
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    canaries.check_run("reports", &place.tightlip(&args).expect(1));
    let written = files_below(&out.top);
    assert_eq!(written.len(), formats().count() + 1);
    for name in written {
        canaries.check(name.to_str().unwrap(), &fs::read(out.at(&name)).unwrap());
    }
}

#[test]
fn case_16_explanations_and_errors() {
    // At stake: messages are written in a hurry, and quote what was wrong.
    let canaries = Canaries::new();
    let place = Place::repo();
    place.write("all.txt", canaries.line());
    canaries.check_run("why", &place.tightlip(&["why", "all.txt:1"]).expect(0));
    for (id, token) in &canaries.tokens {
        let rules = Ruleset::builtin();
        let text = sample::fill(&rules.get(id).unwrap().matches[0], token);
        place.write("one.txt", &text);
        for line in 1..=text.lines().count() {
            let run = place
                .tightlip(&["why", &format!("one.txt:{line}")])
                .expect(0);
            canaries.check_run(&format!("why, {id}"), &run);
        }
    }
    canaries.check_run("rules list", &place.tightlip(&["rules", "list"]).expect(0));
    for (id, _) in &canaries.tokens {
        canaries.check_run(id, &place.tightlip(&["rules", "show", id]).expect(0));
    }
    // A configuration and a rule file that hold tokens where none belongs.
    for (id, token) in &canaries.tokens {
        let token = token.replace('\n', "");
        for text in [
            format!("token = \"{token}\"\n"),
            format!("min-confidence = \"{token}\"\n"),
            format!("exclude = [\"ok\"] {token}\n"),
            format!("= {token}\n"),
        ] {
            place.write("bad.toml", &text);
            canaries.check_run(id, &place.tightlip(&["scan", "-c", "bad.toml"]).expect(2));
            canaries.check_run(
                id,
                &place.tightlip(&["rules", "check", "bad.toml"]).expect(2),
            );
        }
    }
}

#[test]
fn pieces_of_a_secret_beside_it_are_masked() {
    // At stake: the halves that a token is joined from, or the start of it in
    // a remark, on the line that is shown.
    let place = Place::repo();
    let token = crate::harness::redivis(7);
    let (head, tail) = token.split_at(16);
    for line in [
        format!("REDIVIS_API_TOKEN={token} # was {head}"),
        format!("REDIVIS_API_TOKEN={token} # \"{head}\" + \"{tail}\""),
        format!("{head} {tail} REDIVIS_API_TOKEN={token}"),
        format!("REDIVIS_API_TOKEN={token} # {}...", &token[..12]),
    ] {
        place.write("a.env", line + "\n");
        for format in formats() {
            let run = place.tightlip(&["scan", "-f", format]).expect(1);
            let shown = crate::harness::leaks(token.as_bytes(), run.text().as_bytes());
            assert_eq!(shown, 0, "{format}: {}", run.text());
        }
    }
    // Words stand there for reasons of their own.
    place.write("a.env", "host=production password=production-Kitchen-77\n");
    place
        .tightlip(&["scan", "--min-confidence", "low"])
        .says("host=production");
}
