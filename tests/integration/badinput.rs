//! Calls, configurations and rule files that cannot be understood: exit code
//! 2 before anything is scanned, and a message that names file, line and way
//! out. Nothing of them ever looks like "clean".

use crate::harness::{BINARY, Place, Run, leak, redivis, token};
use std::os::unix::fs::symlink;
use std::time::{Duration, Instant};

/// The call must be refused with these words.
#[track_caller]
fn refused(place: &Place, args: &[&str], words: &[&str]) {
    let run = place.tightlip(args).expect(2).never_says("No secrets");
    words.iter().fold(run, |run, words| run.says(words));
}

#[test]
fn calls() {
    let place = Place::repo();
    place.write("a.py", leak(1));
    refused(&place, &[], &["Examples:"]);
    refused(&place, &["a.py"], &["tightlip scan a.py"]);
    refused(&place, &["scan", "--nosuch"], &["--nosuch"]);
    refused(
        &place,
        &["scan", "-f", "xml"],
        &["one of human, sarif, json, jsonl, github, gitlab"],
    );
    refused(&place, &["scan", "-j", "0"], &["-j"]);
    refused(&place, &["scan", "--fail-on", "bad"], &["critical"]);
    refused(&place, &["scan", "--min-confidence", "bad"], &["medium"]);
    refused(&place, &["scan", "--report", "sarif"], &["FORMAT=FILE"]);
    refused(
        &place,
        &["scan", "--select", "nosuch-rule"],
        &["nosuch-rule", "rules list"],
    );
    refused(
        &place,
        &["scan", "--ignore", "redivis"],
        &["did you mean \"redivis-api-token\"?"],
    );
    refused(&place, &["scan", "--exclude", "a["], &["a[", "not a glob"]);
    refused(&place, &["-C", "nosuch", "scan"], &["nosuch"]);
    refused(&place, &["why", "a.py"], &["FILE:LINE"]);
    refused(&place, &["why", "a.py:99"], &["a.py"]);
    refused(&place, &["rules", "show", "nosuch"], &["nosuch"]);
    refused(&place, &["scan", "--show-secrets"], &["terminal"]);
    refused(
        &place,
        &["scan", "--show-secrets", "-o", "out"],
        &["terminal"],
    );
    refused(&Place::new(), &["staged"], &["not in a git repository"]);
    refused(&Place::new(), &["hook"], &["not in a git repository"]);
    refused(
        &Place::repo_as(&["--bare"]),
        &["staged"],
        &["bare repository"],
    );
    place.tightlip(&["--help"]).expect(0).says("Examples:");
    place
        .tightlip(&["--version"])
        .expect(0)
        .says(env!("CARGO_PKG_VERSION"));
}

#[test]
fn what_would_leave_out_everything_is_refused() {
    // At stake: `--exclude "$UNSET"` in a script, and a clean report of nothing.
    let place = Place::repo();
    place.write("a.py", leak(1));
    for glob in ["", "/", "./", "."] {
        refused(&place, &["scan", "--exclude", glob], &["says nothing"]);
        place.write(".tightlip.toml", format!("exclude = [\"{glob}\"]\n"));
        refused(&place, &["scan"], &["line 1, column 12", "says nothing"]);
        let allow = format!("[[allow]]\npaths = [\"{glob}\"]\nreason = \"x\"\n");
        place.write(".tightlip.toml", allow);
        refused(&place, &["scan"], &["line 2", "says nothing"]);
    }
    // In .gitignore it takes back what an earlier glob took out.
    place.write(".tightlip.toml", "exclude = [\"*.py\", \"!a.py\"]\n");
    refused(&place, &["scan"], &["!a.py", "taken back"]);
    for none in [
        "ignore = [\"*\"]\n",
        "select = [\"jwt\"]\nignore = [\"jwt\"]\n",
    ] {
        place.write(".tightlip.toml", none);
        refused(&place, &["scan"], &["no rule is left"]);
    }
    place.write(".tightlip.toml", "");
    let args = ["scan", "--select", "jwt", "--ignore", "jwt*"];
    refused(&place, &args, &["no rule is left"]);
    place.tightlip(&["scan"]).expect(1);
}

#[test]
fn a_git_directory_is_no_tree_of_files() {
    // At stake: "no secrets" of a bare repository whose every object is packed.
    let place = Place::started();
    place.write("a.env", leak(1));
    place.commit_all();
    refused(&place, &["scan", ".git"], &[".git", "tightlip audit"]);
    refused(&place, &["scan", "-C", ".git"], &["tightlip audit"]);
    let bare = place.remote();
    refused(&place, &["scan", &bare], &["tightlip audit"]);
    place.git(&["push", "-q", &bare, "main"]).expect(0);
    place.tightlip(&["audit", &bare]).expect(1);
    place.tightlip(&["scan", ".git/config"]).expect(0);
}

#[test]
fn reports_that_nobody_would_find_are_refused() {
    let place = Place::repo();
    refused(&place, &["scan", "-o", "-"], &["standard output"]);
    refused(
        &place,
        &["scan", "--report", "json=-"],
        &["standard output"],
    );
    let args = ["scan", "-o", "out", "--report", "json=./out"];
    refused(&place, &args, &["out", "two reports"]);
    assert!(!place.at("-").exists() && !place.at("out").exists());
    place.tightlip(&["scan", "-o", "./-"]).expect(0);
    assert!(place.at("-").exists());
    let run = place.tightlip(&["scan", "-o", "nosuch/out"]).expect(2);
    assert_eq!(
        run.text().matches("nosuch/out").count(),
        1,
        "{}",
        run.text()
    );
}

#[test]
fn errors_show_no_secret() {
    // At stake: what was pasted into the wrong place, told to a log.
    let place = Place::repo();
    let github = token("github-personal-access-token", 3);
    let secret = redivis(4);
    let hides = |run: Run| {
        let shown =
            [&github, &secret].map(|s| crate::harness::leaks(s.as_bytes(), run.text().as_bytes()));
        assert_eq!(shown, [0, 0], "{}", run.text());
        run
    };
    for text in [
        format!("{github} = 1\n"),
        format!("\"{secret}\" = 1\n"),
        format!("exclude = \"{secret}\"\n"),
        format!("exclude = [\"[{github}\"]\n"),
        format!("select = [\"{secret}\"]\n"),
        format!("extends = \"{github}.toml\"\n"),
        format!("[severity]\n\"{secret}\" = \"high\"\n"),
        format!("[company]\njwt = [\"{secret}\"]\n"),
        format!("[[allow]]\nrules = [\"{secret}\"]\nreason = \"x\"\n"),
        format!("[[allow]]\n{secret} = 1\n").replace(['+', '/'], "_"),
    ] {
        place.write(".tightlip.toml", &text);
        hides(place.tightlip(&["scan"]).expect(2));
    }
    place.write(".tightlip.toml", "");
    let name = format!("REDIVIS_API_TOKEN={}", secret.replace('/', "+"));
    for args in [
        ["scan", &name],
        ["hook", &name],
        ["why", &name],
        ["scan", &github],
        ["commits", &github],
        [&github, "x"],
    ] {
        hides(place.tightlip(&args).expect(2));
    }
    let args = ["scan", "-f", &github];
    hides(place.tightlip(&args).expect(2).says("one of human"));
}

#[test]
fn case_08_configurations() {
    // At stake: a configuration that is not applied, and nobody notices.
    let place = Place::repo();
    place.write("a.py", leak(1));
    refused(
        &place,
        &["scan", "-c", "nosuch.toml"],
        &["nosuch.toml", "--config"],
    );
    let rows: &[(&str, &[&str])] = &[
        ("exclude = [\n", &[".tightlip.toml", "line"]),
        ("x = 1\nexlude = []\n", &[".tightlip.toml", "line"]),
        (
            "min-confidence = \"sure\"\n",
            &[".tightlip.toml", "low, medium, high"],
        ),
        ("select = [\"nosuch-rule\"]\n", &["nosuch-rule"]),
        ("rules = [\"nosuch.toml\"]\n", &["nosuch.toml"]),
        ("exclude = [\"a[\"]\n", &["a["]),
    ];
    for (text, words) in rows {
        place.write(".tightlip.toml", text);
        refused(&place, &["scan"], words);
        refused(&place, &["staged"], words);
        refused(&place, &["hook"], words);
        place.json(&["scan", "--isolated", "a.py"]).expect(1);
    }
}

#[test]
fn case_41_configurations_that_never_end() {
    // At stake: a repository that makes the scan hang, or read /dev/random.
    let started = Instant::now();
    for target in ["/dev/random", "/dev/zero", "elsewhere.toml"] {
        let place = Place::repo();
        place.write("a.py", leak(1));
        place.write("elsewhere.toml", "exclude = [\"*\"]\n");
        symlink(target, place.at(".tightlip.toml")).unwrap();
        refused(&place, &["scan"], &[".tightlip.toml"]);
    }
    let place = Place::repo();
    assert!(
        place
            .command("mkfifo")
            .arg(".tightlip.toml")
            .status()
            .unwrap()
            .success()
    );
    refused(&place, &["scan"], &[".tightlip.toml"]);
    let place = Place::repo();
    place.write(".tightlip.toml", vec![b'#'; 2 << 20]);
    refused(&place, &["scan"], &[".tightlip.toml"]);
    assert!(started.elapsed() < Duration::from_secs(20));
}

/// A rule file with one rule of these lines.
fn rule(lines: &str) -> String {
    format!(
        "[provider]\nname = \"Acme\"\nurl = \"https://acme.example\"\n\n[[rule]]\nid = \"acme-key\"\nsummary = \"Acme key\"\n\
         severity = \"high\"\nconfidence = \"high\"\ndescription = \"d\"\nremediation = \"r\"\nreferences = []\n{lines}"
    )
}

const EXAMPLES: &str = "sample = 'acme_[a-z0-9]{20}'\nmatch = ['k={secret}', 'x \"{secret}\"', '{secret}']\n\
                        ignore = ['acme_', 'acme_short', 'xacme_aaaaaaaaaaaaaaaaaaaa']\n";

#[test]
fn case_57_rule_files() {
    // At stake: a rule that matches nothing, everything, or for ever.
    let place = Place::repo();
    place.write(
        "good.toml",
        rule(&format!("token = 'acme_[a-z0-9]{{20}}'\n{EXAMPLES}")),
    );
    place.tightlip(&["rules", "check", "good.toml"]).expect(0);
    let bad: &[(&str, &str)] = &[
        ("token = 'acme_[a-z'\n", "a bad regex"),
        ("token = '(acme_)\\1'\n", "a back reference"),
        ("token = '[a-z]*'\n", "an empty match"),
        ("token = '.*'\n", "everything"),
        ("pattern = 'acme_[a-z]{20}'\n", "no secret group"),
        ("pattern = '(?<secret>\\w+)'\n", "no anchor"),
        (
            "token = 'acme_(?:(?:[a-z0-9]{1000}){1000}){1000}'\n",
            "a huge repetition",
        ),
        ("tokn = 'acme_[a-z0-9]{20}'\n", "an unknown key"),
        (
            "token = 'acme_[a-z0-9]{20}'\nslots = ['nosuch']\n",
            "an unknown slot",
        ),
        (
            "token = 'acme_[a-z0-9]{20}'\nchecks = ['nosuch']\n",
            "an unknown check",
        ),
    ];
    for (lines, what) in bad {
        place.write("bad.toml", rule(&format!("{lines}{EXAMPLES}")));
        let started = Instant::now();
        let run = place.tightlip(&["rules", "check", "bad.toml"]);
        assert_eq!(run.code, 2, "{what}: {}", run.text());
        run.says("bad.toml");
        place.write("a.toml", "rules = [\"bad.toml\"]\n");
        let run = place.tightlip(&["scan", "-c", "a.toml"]);
        assert_eq!(run.code, 2, "{what}: {}", run.text());
        run.says("bad.toml").never_says("No secrets");
        assert!(started.elapsed() < Duration::from_secs(20), "{what}");
    }
    // A token that its author tried it with.
    let own = format!("acme_{}", "k3j9".repeat(5));
    let tried = format!("token = 'acme_[a-z0-9]{{20}}'\n{EXAMPLES}")
        .replace("k={secret}", &format!("k={own}"));
    place.write("tried.toml", rule(&tried));
    let run = place.tightlip(&["rules", "check", "tried.toml"]).expect(2);
    assert_eq!(
        crate::harness::leaks(own.as_bytes(), run.text().as_bytes()),
        0,
        "{}",
        run.text()
    );
    // A rule whose examples do not hold is a broken rule.
    let wrong = rule(&format!("token = 'acme_[A-Z]{{20}}'\n{EXAMPLES}"));
    place.write("wrong.toml", wrong);
    place
        .tightlip(&["rules", "check", "wrong.toml"])
        .expect(2)
        .says("acme-key");
}

#[test]
fn a_rule_of_the_users_own_finds() {
    let place = Place::repo();
    place.write(
        "acme.toml",
        rule(&format!("token = 'acme_[a-z0-9]{{20}}'\n{EXAMPLES}")),
    );
    place.write(
        ".tightlip.toml",
        "rules = [\"acme.toml\"]\nexclude = [\"*.toml\"]\n",
    );
    place.write("a.py", format!("key = 'acme_{}'\n", "k3j9".repeat(5)));
    let run = place.json(&["scan"]).expect(1);
    let found: Vec<_> = run
        .found()
        .into_iter()
        .map(|f| (f.rule, f.line, f.column))
        .collect();
    assert_eq!(found, [("acme-key".to_owned(), 1, 8)]);
    // From below the root, the same configuration holds.
    place.write("sub/b.py", "clean\n");
    let mut below = place.binary();
    below
        .current_dir(place.at("sub"))
        .args(["scan", "-f", "json", ".."]);
    assert_eq!(Run::of(&mut below, b"").expect(1).paths(), ["a.py"]);
}

#[test]
fn a_rule_in_the_place_of_a_built_in_one_is_told() {
    // At stake: a change that takes a rule away in silence.
    let place = Place::repo();
    let own = rule(&format!("token = 'acme_[a-z0-9]{{20}}'\n{EXAMPLES}"));
    let own = own.replace("id = \"acme-key\"", "id = \"redivis-api-token\"");
    place.write("acme.toml", own);
    let said = "Your own rule \"redivis-api-token\" takes the place of the built-in one";
    place
        .tightlip(&["rules", "check", "acme.toml"])
        .expect(0)
        .says(said);
    place.write(
        ".tightlip.toml",
        "rules = [\"acme.toml\"]\nexclude = [\"*.toml\"]\n",
    );
    place.write("a.py", "clean\n");
    place.tightlip(&["scan"]).expect(0).says(said);
    place.write(".tightlip.toml", "exclude = [\"*.toml\"]\n");
    let run = place.tightlip(&["scan"]).expect(0);
    assert!(!run.text().contains("built-in"), "{}", run.text());
}

#[test]
fn case_10_a_repository_of_somebody_else() {
    // At stake: git refuses it for a reason; silence would be "clean".
    if !crate::harness::is_root() {
        println!("only root can give a repository away: nothing to test here");
        return;
    }
    let place = Place::started();
    place.write("a.env", leak(1));
    place.git(&["add", "-A"]).expect(0);
    let mut chown = place.command("chown");
    Run::of(chown.args(["-R", "65534:65534", "."]), b"").expect(0);
    refused(&place, &["staged"], &["another user", "safe.directory"]);
    refused(&place, &["hook"], &["another user", "safe.directory"]);
    assert_eq!(place.json(&["scan"]).expect(1).paths(), ["a.env"]);
}

#[test]
fn who_has_read_enough_is_told_nothing() {
    // At stake: an error below every list that somebody looks at with head.
    let place = Place::new();
    let script = format!("'{BINARY}' rules docs 2>said | head -c 1; wc -c <said");
    let run = Run::of(place.command("bash").args(["-c", &script]), b"").expect(0);
    let said = run.text();
    assert_eq!(said.trim_start_matches('#').trim(), "0", "{said}");
}
