//! `.tightlip.toml` with real repositories: what it accepts, from whom it
//! extends, whom it trusts, and that its errors name their place.

use crate::harness::{Place, Run, leak, redivis};

/// A repository with two leaks in files of different kinds.
fn scene() -> Place {
    let place = Place::started();
    place.write(
        "src/load.py",
        format!("TOKEN = \"{}\"  # redivis\n", redivis(1)),
    );
    place.write("tests/data/sample.env", leak(2));
    place
}

fn counting(run: &Run) -> Vec<String> {
    let found = run.found().into_iter();
    found
        .filter(|f| !f.suppressed && !f.old)
        .map(|f| f.path)
        .collect()
}

/// The paths that count under this configuration.
fn with(place: &Place, config: &str) -> Vec<String> {
    place.write(".tightlip.toml", config);
    let run = place.json(&["scan"]);
    assert!(run.code < 2, "{}", run.text());
    counting(&run)
}

const SRC: &str = "src/load.py";
const SAMPLE: &str = "tests/data/sample.env";

#[test]
fn an_entry_accepts_what_fits_all_its_conditions() {
    let place = scene();
    let allow = |conditions: &str| {
        with(
            &place,
            &format!("[[allow]]\nreason = \"because\"\n{conditions}\n"),
        )
    };
    assert_eq!(allow("paths = [\"tests/\"]"), [SRC]);
    assert_eq!(allow("paths = [\"*.py\"]"), [SAMPLE]);
    assert_eq!(allow("path-regex = ['^tests/.*\\.env$']"), [SRC]);
    assert!(allow("rules = [\"redivis-*\"]").is_empty());
    assert_eq!(
        allow("rules = [\"redivis-*\"]\npaths = [\"tests/\"]"),
        [SRC]
    );
    assert_eq!(
        allow("rules = [\"jwt\"]\npaths = [\"tests/\"]"),
        [SRC, SAMPLE]
    );
    assert_eq!(allow("line-regex = ['^REDIVIS_']"), [SRC]);
    let start = &redivis(1)[..6];
    assert_eq!(allow(&format!("secret-regex = ['^{start}']")), [SAMPLE]);
    assert_eq!(allow("paths = [\"src/\", \"nowhere/\"]"), [SAMPLE]);
    // What asks for a commit says nothing of files as they are.
    assert_eq!(allow("commits = [\"0123456\"]"), [SRC, SAMPLE]);
}

#[test]
fn an_accepted_finding_carries_its_reason() {
    let place = scene();
    let config = "[[allow]]\npaths = [\"tests/\"]\nreason = \"samples of the vendor\"\n\
                  owner = \"data\"\nexpires = \"2999-01-01\"\n";
    place.write(".tightlip.toml", config);
    let run = place.json(&["scan", "tests"]).expect(0);
    let suppression = &run.json()["findings"][0]["suppressions"][0];
    assert_eq!(suppression["justification"], "samples of the vendor");
    place
        .tightlip(&["scan", "-v"])
        .expect(1)
        .says("accepted by the configuration: samples");
    place.git(&["add", "-A"]).expect(0);
    place.tightlip(&["staged"]).expect(1).says("1 finding.");
}

#[test]
fn expired_and_unused_entries_are_told() {
    let place = scene();
    let config = "[[allow]]\npaths = [\"tests/\"]\nreason = \"x\"\nexpires = \"2001-01-01\"\n\n\
                  [[allow]]\npaths = [\"nowhere/\"]\nreason = \"x\"\n";
    assert_eq!(with(&place, config), [SRC, SAMPLE]);
    place
        .tightlip(&["scan"])
        .expect(1)
        .says(".tightlip.toml:1: expired on 2001-01-01");
    let run = place.json(&["scan"]).expect(1);
    let unused = &run.json()["summary"]["unused_suppressions"];
    assert_eq!(unused.as_array().unwrap(), &[".tightlip.toml:6"]);
}

#[test]
fn a_fingerprint_accepts_that_secret_and_no_other() {
    let place = scene();
    place
        .tightlip(&["allow", "--last", "--reason", "a sample", SAMPLE])
        .expect(0);
    let files = std::fs::read_dir(place.at(".tightlip/baseline")).unwrap();
    let text: String = files
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    let at = text.find("hmac-").unwrap();
    let print = text[at..].split('"').next().unwrap();
    // The entry goes, its salt stays, and the configuration names the secret.
    for file in std::fs::read_dir(place.at(".tightlip/baseline")).unwrap() {
        let file = file.unwrap().path();
        if std::fs::read_to_string(&file).unwrap().contains("hmac-") {
            std::fs::remove_file(file).unwrap();
        }
    }
    let config = format!("[[allow]]\nfingerprints = [\"{print}\"]\nreason = \"x\"\n");
    assert_eq!(with(&place, &config), [SRC]);
    place.write(SAMPLE, leak(3));
    assert_eq!(with(&place, &config), [SRC, SAMPLE]);
}

#[test]
fn severities_change() {
    let place = scene();
    let severity = |run: &Run| run.json()["findings"][0]["severity"].clone();
    assert!(!with(&place, "[severity]\nredivis-api-token = \"low\"\n").is_empty());
    let run = place.json(&["scan"]).expect(0);
    assert_eq!(severity(&run), "low");
    with(&place, "[severity]\n\"redivis-*\" = \"critical\"\n");
    assert_eq!(severity(&place.json(&["scan"]).expect(1)), "critical");
}

#[test]
fn company_of_the_house_vouches() {
    // At stake: an organisation that calls its vendor by another name.
    let place = Place::started();
    place.write("a.py", format!("datalake = \"{}\"\n", redivis(1)));
    assert!(with(&place, "").is_empty());
    assert_eq!(
        with(&place, "[company]\nredivis-api-token = [\"datalake\"]\n"),
        ["a.py"]
    );
}

#[test]
fn what_is_extended_comes_first() {
    let place = scene();
    place.write(
        "org/tightlip.toml",
        "fail-on = \"critical\"\nexclude = [\"tests/\"]\nrules = [\"own.toml\"]\n\
         [[allow]]\nrules = [\"jwt\"]\nreason = \"x\"\n",
    );
    place.write("org/own.toml", include_str!("../../rules/redivis.toml"));
    assert_eq!(with(&place, "extends = \"org/tightlip.toml\"\n"), [SRC]);
    place.tightlip(&["scan"]).expect(0);
    with(
        &place,
        "extends = [\"./org/../org/tightlip.toml\"]\nfail-on = \"low\"\n",
    );
    place.tightlip(&["scan"]).expect(1);
    place.write(".tightlip.toml", "extends = \"nosuch.toml\"\n");
    place.tightlip(&["scan"]).expect(2).says("nosuch.toml");
    place.write(".tightlip.toml", "extends = \"a.toml\"\n");
    place.write("a.toml", "extends = \".tightlip.toml\"\n");
    place
        .tightlip(&["scan"])
        .expect(2)
        .says("comes round to itself");
}

#[test]
fn select_keeps_rules_of_ones_own() {
    // At stake: a rule that somebody wrote and that never runs.
    let place = Place::started();
    let own = include_str!("../../rules/redivis.toml").replace("redivis-api-token", "acme-token");
    place.write("ci/own.toml", own);
    place.write("a.env", leak(1));
    place.write(
        ".tightlip.toml",
        "select = [\"jwt\"]\nrules = [\"ci/own.toml\"]\n",
    );
    let run = place.json(&["scan", "a.env"]).expect(1);
    assert_eq!(run.found()[0].rule, "acme-token");
    place.write(
        ".tightlip.toml",
        "select = [\"jwt\"]\nignore = [\"acme-*\"]\nrules = [\"ci/own.toml\"]\n",
    );
    place.tightlip(&["scan", "a.env"]).expect(0);
}

#[test]
fn comments_of_other_scanners_count_when_asked() {
    let place = Place::started();
    let line = leak(1);
    let line = line.trim_end();
    place.write("a.py", format!("{line} # gitleaks:allow\n"));
    place.write(
        "b.py",
        format!("# pragma: allowlist nextline secret\n{line}\n"),
    );
    assert_eq!(with(&place, ""), ["a.py", "b.py"]);
    assert_eq!(with(&place, "accept-markers = [\"gitleaks\"]\n"), ["b.py"]);
    let both = "accept-markers = [\"gitleaks\", \"detect-secrets\"]\n";
    assert!(with(&place, both).is_empty());
    place
        .tightlip(&["scan", "-v"])
        .expect(0)
        .says("gitleaks:allow");
    place.tightlip(&["scan", "--no-inline-allow"]).expect(1);
}

#[test]
fn a_change_cannot_accept_its_own_leak() {
    // At stake: a pull request that brings a secret and the entry for it.
    let place = Place::started();
    place.write("a.env", leak(1));
    place.write(".tightlip.toml", "fail-on = \"high\"\n");
    place
        .tightlip(&["allow", "--last", "--reason", "an old sample"])
        .expect(0);
    place.commit_all();
    place.git(&["checkout", "-q", "-b", "change"]).expect(0);
    place.write("b.env", leak(2));
    place
        .tightlip(&["allow", "--last", "--reason", "mine"])
        .expect(0);
    place.write("c.env", leak(3));
    place.write(
        ".tightlip.toml",
        "exclude = [\"c.env\"]\nfail-on = \"critical\"\n",
    );
    place.commit_all();
    place.tightlip(&["scan"]).expect(0);
    let run = place.json(&["scan", "--config-from", "main"]).expect(1);
    assert_eq!(counting(&run), ["b.env", "c.env"]);
    assert_eq!(run.json()["summary"]["fail_on"], "high");
    // A branch that has none of it.
    let run = place.json(&["scan", "--config-from", "main~1"]).expect(1);
    assert_eq!(counting(&run), ["a.env", "b.env", "c.env"]);
    place
        .tightlip(&["scan", "--config-from", "nosuch"])
        .expect(2)
        .says("no such commit");
    let outside = Place::new();
    outside
        .tightlip(&["scan", "--config-from", "main"])
        .expect(2)
        .says("not in a git repository");
}

#[test]
fn another_repository_is_scanned_by_its_own_rules() {
    // At stake: settings of the place one happens to stand in.
    let other = scene();
    other.write(".tightlip.toml", "exclude = [\"/tests\"]\n");
    let place = Place::started();
    place.write(
        ".tightlip.toml",
        "ignore = [\"redivis-*\", \"assigned-*\"]\n",
    );
    let top = other.top.to_str().unwrap();
    let run = place.json(&["scan", top]).expect(1);
    assert_eq!(counting(&run), [SRC]);
    let file = format!("{top}/{SRC}");
    let run = place.json(&["scan", &file]).expect(1);
    assert_eq!(counting(&run), [SRC]);
    // Its own, where it is one of two.
    place.tightlip(&["scan", top, "."]).expect(0);
}

#[test]
fn errors_name_file_line_and_column() {
    let place = scene();
    let rows: &[(&str, &[&str])] = &[
        ("\nfail-on = \"bad\"\n", &["line 2, column 11", "critical"]),
        ("exclude = [\"a\", \"b[\"]\n", &["line 1, column 17", "b["]),
        (
            "[severity]\nnosuch = \"low\"\n",
            &["line 2, column 1", "nosuch", "rules list"],
        ),
        (
            "[severity]\njwt = \"bad\"\n",
            &["line 2, column 7", "critical"],
        ),
        (
            "accept-markers = [\"nosuch\"]\n",
            &["line 1, column 19", "gitleaks"],
        ),
        ("[[allow]]\npaths = [\"a\"]\n", &["line 1", "reason"]),
        ("[[allow]]\nreason = \"x\"\n", &["line 1", "at least one"]),
        (
            "[[allow]]\nreason = \"x\"\nline-regex = ['(']\n",
            &["line 3, column 15", "no regex"],
        ),
        (
            "[[allow]]\nreason = \"x\"\nline-regex = ['.*']\n",
            &["line 3", "everything"],
        ),
        (
            "[[allow]]\nreason = \"x\"\nrules = [\"nosuch\"]\n",
            &["line 1", "no rule \"nosuch\""],
        ),
        (
            "[[allow]]\nreason = \"x\"\nfingerprints = [\"x\"]\n",
            &["line 3, column 17", "tightlip allow"],
        ),
        (
            "[[allow]]\nreason = \"x\"\ncommits = [\"main\"]\n",
            &["line 3, column 12", "hexadecimal"],
        ),
        (
            "[[allow]]\nreason = \"x\"\npaths = [\"a\"]\nexpires = \"soon\"\n",
            &["line 4, column 11", "2027-01-31"],
        ),
        (
            "\nmax-file-size = \"much\"\n",
            &["line 2, column 17", "\"100 MB\""],
        ),
        ("max-file-size = 0\n", &["line 1, column 17", "\"100 MB\""]),
        (
            "max-unpacked-size = \"2 GiB\"\n",
            &["line 1, column 21", "at most 1073741824 bytes"],
        ),
        (
            "[company]\njwt = [\"acme\"]\n",
            &["line 2", "goes by no words"],
        ),
    ];
    for (text, words) in rows {
        place.write(".tightlip.toml", text);
        let run = place.tightlip(&["scan"]).expect(2).says(".tightlip.toml");
        words.iter().fold(run, |run, words| run.says(words));
    }
}

#[test]
fn an_entry_accepts_what_a_commit_brought() {
    // At stake: an old commit of fixtures that everybody knows of.
    let place = Place::started();
    let commit = || {
        place.commit_all();
        let id = place.git(&["rev-parse", "HEAD"]).expect(0);
        String::from_utf8(id.stdout).unwrap().trim().to_owned()
    };
    place.write("a.env", leak(1));
    let first = commit();
    place.write("a.env", format!("# moved\n{}", leak(1)));
    place.write("b.env", leak(2));
    let second = commit();
    let allow = |conditions: &str| {
        let text = format!("[[allow]]\nreason = \"because\"\n{conditions}\n");
        place.write(".tightlip.toml", text);
    };
    let counted = |args: &[&str]| counting(&place.json(args));
    let unused = |args: &[&str]| {
        let run = place.json(args);
        run.json()["summary"]["unused_suppressions"].clone()
    };

    allow(&format!("commits = [\"{}\"]", &first[..7]));
    assert_eq!(counted(&["audit"]), ["b.env"]);
    assert_eq!(counted(&["commits", &first]), [""; 0]);
    assert_eq!(counted(&["commits", &second]), ["b.env"]);
    assert_eq!(counted(&["commits", "HEAD~2..HEAD"]), ["b.env"]);
    let run = place.json(&["audit"]);
    let justified = run.json()["findings"][0]["suppressions"][0]["justification"].clone();
    assert_eq!(justified, "because");
    // Nobody knows which commit brought a file as it is, and so a scan of
    // files neither accepts by one nor calls the entry unused.
    assert_eq!(counted(&["scan"]), ["a.env", "b.env"]);
    assert!(unused(&["scan"]).as_array().unwrap().is_empty());
    place.write("a.env", leak(1) + &leak(3));
    place.git(&["add", "a.env"]).expect(0);
    assert_eq!(counted(&["staged", "--whole"]), ["a.env", "a.env"]);

    // That a commit touched the file is not that it brought the secret.
    allow(&format!("commits = [\"{}\"]", second.to_uppercase()));
    assert_eq!(counted(&["audit"]), ["a.env"]);
    // All conditions must hold, the fingerprint as well.
    allow(&format!("commits = [\"{first}\"]\npaths = [\"b.env\"]"));
    assert_eq!(counted(&["audit"]), ["a.env", "b.env"]);
    assert_eq!(
        unused(&["audit"]).as_array().unwrap(),
        &[".tightlip.toml:1"]
    );
    // A part of the history, or of the rules, says nothing of an entry.
    for args in [&["commits", "HEAD"][..], &["audit", "--select", "jwt"]] {
        assert!(unused(args).as_array().unwrap().is_empty(), "{args:?}");
    }
    let expired = format!("commits = [\"{first}\"]\nexpires = \"2001-01-01\"");
    allow(&expired);
    assert_eq!(counted(&["audit"]), ["a.env", "b.env"]);
}

#[test]
fn another_repository_is_audited_by_its_own_rules() {
    let other = Place::started();
    other.write("a.env", leak(1));
    other.write("b.env", leak(2));
    let path = "a.env";
    other
        .tightlip(&["allow", "--last", "--reason", "a sample", path])
        .expect(0);
    other.write(".tightlip.toml", "exclude = [\"b.env\"]\n");
    other.commit_all();
    let place = Place::started();
    place.write(
        ".tightlip.toml",
        "ignore = [\"redivis-*\", \"assigned-*\"]\n",
    );
    let top = other.top.to_str().unwrap();
    place
        .tightlip(&["audit", top])
        .expect(0)
        .says("1 was accepted");
    let run = place.tightlip(&["audit", top, "--no-baseline"]).expect(1);
    run.says(&format!("tightlip -C {top} allow "));
    // Without a work tree the policy is in a commit, or in none.
    let bare = place.root().join("bare.git");
    let bare = bare.to_str().unwrap();
    place.git(&["clone", "-q", "--bare", top, bare]).expect(0);
    let run = place.json(&["audit", bare]).expect(1);
    assert_eq!(counting(&run), ["a.env", "b.env"]);
    place
        .tightlip(&["audit", bare])
        .expect(1)
        .says("--config-from HEAD takes those of its commit")
        .never_says("tightlip allow");
    place
        .tightlip(&["audit", bare, "--isolated"])
        .expect(1)
        .never_says("--config-from");
    place
        .tightlip(&["audit", bare, "--config-from", "HEAD"])
        .expect(0);
}

#[test]
fn what_is_larger_than_the_limit_is_named_everywhere() {
    // At stake: a limit that leaves something out in silence.
    let place = Place::started();
    place.write("large.env", leak(1) + &"x\n".repeat(4_000));
    place.write("small.env", leak(2));
    place.write(".tightlip.toml", "max-file-size = \"8 kB\"\n");
    place.git(&["add", "-A"]).expect(0);
    let check = |args: &[&str]| {
        let run = place.json(args).expect(2);
        assert_eq!(run.skips(), ["large.env: too-large"], "{args:?}");
        assert_eq!(counting(&run), ["small.env"], "{args:?}");
        // Counted once: among the skips, and not among what was scanned.
        let all = [args, &["--isolated"]].concat();
        let all = place.json(&all).expect(1).json()["coverage"].clone();
        let coverage = &run.json()["coverage"];
        assert_eq!(coverage["in_scope"], all["scanned"], "{args:?}");
        place
            .tightlip(args)
            .expect(2)
            .says("larger than 8000 bytes");
    };
    check(&["staged"]);
    place.commit_all();
    check(&["scan"]);
    check(&["hook", "large.env", "small.env"]);
    check(&["audit"]);
    check(&["commits", "HEAD"]);
    // Larger than what is read whole, and so read in windows.
    place.write("large.env", leak(1) + &"x\n".repeat(5_000_000));
    check(&["scan"]);
    place.write(
        ".tightlip.toml",
        "max-file-size = 8_000\nexclude = [\"large.env\"]\n",
    );
    place.json(&["scan"]).expect(1);
    let run = place.json(&["audit"]).expect(1);
    assert_eq!(run.skips(), ["large.env: excluded"]);
    place.write(".tightlip.toml", "max-file-size = \"1 GiB\"\n");
    let run = place.json(&["scan"]).expect(1);
    assert_eq!(counting(&run), ["large.env", "small.env"]);
}

#[test]
fn what_unpacks_to_more_than_the_limit_is_named() {
    let place = Place::started();
    let data = [&b"RDX3\nX\n\0\0\0\x03"[..], &[b'.'; 5_000]].concat();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, &data).unwrap();
    place.write("all.RData", packed.finish().unwrap());
    place.tightlip(&["scan"]).expect(0);
    place.write(".tightlip.toml", "max-unpacked-size = \"4 kB\"\n");
    place
        .tightlip(&["scan"])
        .expect(2)
        .says("all.RData")
        .says("larger than 4000 bytes unpacked; max-unpacked-size in .tightlip.toml");
}

#[test]
fn r_data_that_is_too_large_to_unpack_is_named() {
    // At stake: a workspace of 9 MB that looks scanned, and was not unpacked.
    let place = Place::started();
    let mut data = b"RDX3\nX\n".to_vec();
    let mut state = 1u64;
    while data.len() < 9 << 20 {
        // Noise, which no packing makes smaller.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        data.extend(state.to_le_bytes());
    }
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    std::io::Write::write_all(&mut packed, &data).unwrap();
    place.write("all.RData", packed.finish().unwrap());
    place
        .tightlip(&["scan"])
        .expect(2)
        .says("R data of more than 8 MiB");
}
