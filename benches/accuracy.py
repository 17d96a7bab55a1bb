#!/usr/bin/env python3
"""Measures how well tightlip finds and how well it keeps quiet, and writes the
tables of docs/accuracy.md.

    python3 benches/accuracy.py --tightlip BIN [--cases DIR] [--tree NAME=PATH[@COMMIT]]... > docs/accuracy.md

DIR holds labelled cases as *.jsonl or *.jsonl.gz, one case a line:
{"id", "path", "content", "expect": [{"line", "secret"}], "rule", "quality", "scope"}; an empty `expect` is a negative,
`scope` "rule" a negative for one rule alone, `quality` "any" a secret somewhere in the file. Neither the cases nor the
trees are part of this project: whoever measures brings their own. A tree is a directory as its project publishes it,
and every finding in it at the default confidence is listed with the judgement that benches/accuracy-judged.txt holds
for it, or that its rule and place suggest.

What is set aside as no secret, or a stand-in for one, is decided here by the label's own text, not by tightlip: see
`set_aside`. Other scanners that are installed (see peers.py) are run over the same files, at their defaults.
"""

import argparse
import collections
import datetime
import gzip
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

import peers

# As long as a peer may take for one tree, seconds.
PATIENCE = 120
WORDS = """password passwd secret example changeme your test foo bar sample dummy fake xxxx here username admin user pass guest
placeholder qwerty opensesame mypass value supersecret smtp""".split()
FIRST_READING = """Most of these trees were read while the rules were mended, so the figures flatter. Thirty-four others (13.1 \
million lines: application frameworks, charts, Ansible and Puppet modules, firmware, mail servers, R and \
Julia packages) were read for the first time on 2026-11-22, with the rules of the day before: 517 findings, \
of which 30 outside tests and documents were no secrets (0.23 in 100,000 lines), and some 30 within them; \
two trees of the 34 were over one in 100,000 (1.3 and 1.2). What they taught was mended then. Sixty-eight \
more (36 million lines) were read for the first time that day, in two halves: in the one kept back, 0.25 in \
100,000 lines outside tests and documents were no secrets, before and after mending from the other.

On 2026-11-23 another sixty-eight followed (35.8 million lines: packages of dbt, Airflow, R and Julia, notebooks, Terraform \
modules, charts, Ansible collections, apps, games, firmware, PHP, Java, .NET, operators, front ends). Outside tests and \
documents 31 findings in the first half were no secrets (0.20 in 100,000 lines). In the half kept back it was \
39 (0.19), and 35 (0.17) once the first half's causes were mended. Six trees of the 68 were over one in 100,000 \
(1.1 to 6.5, one to sixteen findings each)."""
USERS = {"a user's name", "a host's name", "an address"}
# The password that stands on one line with a user's name or a host's.
BESIDE = re.compile(r"""(?:\s-p|-[Pp]assword|\spassword)\s+["']?([^\s"']{4,})|Credential\("[^"]*",\s*"([^"]+)"|"[^"]*",\s*"[^"]*",\s*"([^"]+)"\)"""
                    r"""|is ['"](\w+)['"](?!.*is ['"])""")
NO_SECRETS = {
    "np.arn.1": "a resource's name", "np.s3.1": "a bucket's address", "np.s3.2": "a bucket's address",
    "np.gcs.1": "a bucket's address", "np.gcs.2": "a bucket's address", "np.google.1": "a client id, public by design",
    "np.google.6": "a client id, public by design", "np.github.5": "a client id, public by design",
    "np.auth0.1": "a domain", "np.shopify.1": "a domain", "np.aws.3": "an account id", "np.age.1": "a public key",
    "np.generic.3": "a user's name", "np.generic.4": "a user's name", "np.gradle.1": "a user's name",
    "np.reactapp.1": "a user's name", "np.linkedin.1": "an id", "np.twitter.1": "an id", "np.gitalk.1": "a client id",
    "np.kubernetes.2": "the id of a token", "ip_public": "an address of the Internet",
    "np.netrc.1": "a host's name", "np.generic.13": "a user's name", "np.generic.14": "a user's name", "np.generic.7": "a user's name",
    "np.psexec.1": "a user's name", "np.vmware.1": "a user's name", "np.generic.8": "an address",
    "np.phpmailer.1": "settings without a password",
}
MADE_UP = re.compile(r"(^|[/._-])(tests?|testing|testdata|specs?|fixtures?|mocks?|examples?|samples?|demos?|docs?|documentation|"
                     r"guides|tutorials?|e2e|smoke|dockerTest|intTest)([/._-]|$)|\.(md|rst|adoc|erb|tt|template|sample)$", re.I)


def read_cases(path):
    opened = gzip.open(path, "rt", encoding="utf-8") if path.endswith(".gz") else open(path, encoding="utf-8")
    with opened as file:
        return [json.loads(line) for line in file]


def repeats(text):
    text = re.sub(r"[^a-z0-9]", "", text.lower())
    if len(text) < 6:
        return False
    if len(set(text)) * 5 <= len(text) and len(text) >= 16 and len(set(text)) < 6:
        return True
    for period in range(1, len(text) // 2 + 1):
        if all(a == b for a, b in zip(text, text[period:])):
            return True
    steps = sum(ord(b) - ord(a) in (1, -1) or (a, b) in (("9", "0"), ("f", "0"), ("0", "a"), ("9", "a"), ("z", "0"), ("z", "1"))
                for a, b in zip(text, text[1:]))
    return steps * 2 > len(text) - 1


def set_aside(case, expected, line):
    """Why a label is none that a person would report, or None."""
    rule = case.get("rule") or ""
    secret = expected.get("secret") or line
    if rule in NO_SECRETS:
        beside = BESIDE.search(line) if NO_SECRETS[rule] in USERS else None
        if not beside:
            return NO_SECRETS[rule]
        # Whoever is shown the line is shown its password.
        secret = next(filter(None, beside.groups()))
    elif "://" in line:
        url = re.search(r"://[^/\s:@]*:(\S+)@", line)
        secret = url.group(1) if url else secret
    given = re.search(r"\"%s\"\s+value=\"([^\"]+)\"" % re.escape(secret), line)
    secret = given.group(1) if given else secret
    if re.search(r"account_?id|tenant_?id|client_?id\b", line, re.I) and not re.search(r"secret|key", line, re.I):
        return "an id"
    if re.search(r"\"\s*\+\s*\w+\s*\+\s*\"", line) and secret.endswith(":"):
        return "a part of an expression"
    lower = secret.lower()
    core = re.sub(r"^\w{0,20}?[_-]", "", secret)
    if re.fullmatch(r"[\"']?(?:[$%#]\{?[A-Za-z_][\w.:\[\]'\"]*[}%]?)[\"']?|.*#\{datastore.*|.*[$]\{\w+\}.*", secret) or re.search(
            r"-p (?:[$]\w+|%\w+%)|-[pP]assword \"?[$]\w+", line):
        return "a variable"
    if re.search(r"\boy2\w{43}\b", line) and re.search(r"\boy2\w*[0189]", line):
        return "not of its vendor's form"
    # Zeros are a part of keys in base64.
    if repeats(secret) or repeats(core) or re.search(r"x{6}|0{6}", secret) or len(secret) < 200 and re.search(r"(.)\1{7}|(?:[A-Z]{2})?(.)\2{11}", secret):
        return "one character, or a pattern, over and over"
    runs = re.findall(r"0?123456|abcdef|ghijkl|mnopqr|654321|fedcba|nopqrs|aabbcc|aBcDeF|AbCdEf|qWeRtY|wxyz|uvwxyz|aaaa|xxxx", secret,
                      re.I)
    if runs and sum(map(len, runs)) * 4 >= len(secret):
        return "counts, or spells the alphabet"
    if re.search(r"example|EXAMPLE|deadbeef|fakevalue|helloworld|my-tokens|exactly|longer-than|SECRETSKEY|7SECRETS", secret, re.I):
        return "says that it is an example"
    # RFC 6750, RFC 7617, jwt.io, MongoDB's manual.
    if any(sample in secret for sample in ("mF_9.B5f", "QWxhZGRpbjp", "SflKxwRJ", "D1fficult")):
        return "stands in a public document"
    if lower in ("user", "username", "aladdin") or re.fullmatch(r"[a-z]+(?:@[\w.]+)?", lower) and rule.startswith(("np.odbc", "np.postgres", "np.mongodb")):
        if not re.search(r"[:=]\s*(?!secret|password|mypassword)[^\s:@;]*\d", line):
            return "the password beside it is a word for one"
    plain = re.sub(r"[^a-z]", "", lower.replace("$", "s").replace("0", "o").replace("3", "e").replace("4", "a"))
    told = re.findall("|".join(sorted(WORDS, key=len, reverse=True)), plain)
    if plain and (sum(map(len, told)) * 2 > len(plain) or re.match(r"your|thisismy|my(?:user|pass)", plain)) and len(secret) < 40:
        return "a word that stands for a password"
    if case.get("quality") == "line" and re.search(r"\b(?:user(?:name)?|admin):(?:pass(?:word)?|secret)@", line):
        return "a word that stands for a password"
    if re.search(r"value with quotes and spaces|some text here|hopenobody(?!.*[{(])", line):
        return "a sentence"
    return None


class Scanner:
    def __init__(self, program):
        self.program = program

    def findings(self, directory, least="medium"):
        done = subprocess.run(
            [self.program, "scan", "--no-ignore", "--isolated", "--format", "jsonl", "--min-confidence", least, "."],
            cwd=directory, capture_output=True, check=False)
        if done.returncode not in (0, 1, 2):
            sys.exit(f"{self.program} ended with {done.returncode} in {directory}: {done.stderr.decode()[:400]}")
        found = []
        for line in done.stdout.decode("utf-8", "replace").splitlines():
            record = json.loads(line)
            if "location" in record:
                found.append(record)
        return found, done.returncode


def lay_out(cases, directory):
    for number, case in enumerate(cases):
        case["at"] = f"{number:06}/" + case["path"].lstrip("/").replace("..", "_")
        path = os.path.join(directory, case["at"])
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(case["content"])


def measure_cases(scanner, path, show=False):
    cases = read_cases(path)
    if not cases:
        sys.exit(f"{path}: no case in it")
    directory = tempfile.mkdtemp(prefix="accuracy-")
    try:
        lay_out(cases, directory)
        found, _ = scanner.findings(directory)
        beside = {name: lines_of(places) for name, places in of_peers(directory).items()}
    finally:
        shutil.rmtree(directory)
    rules = collections.defaultdict(set)
    for record in found:
        rules[record["location"]["path"]].add(record["rule"])
    wheres = [record["location"] for record in found]
    ours = lines_of((where["path"], line) for where in wheres for line in range(where["start_line"], where["end_line"] + 1))
    counted = count(cases, ours, show)
    loud = [(case.get("rule") or case["path"], case.get("scope"), sorted(rules[case["at"]]))
            for case in cases if not case["expect"] and rules[case["at"]]]
    return (*counted, loud, {name: count(cases, places)[0] for name, places in beside.items()})


def taking_part(directory, scratch):
    """The peers that are installed and say where; kingfisher as it is by itself."""
    known = peers.peers(directory, scratch)
    return [peer for peer in known if peer.read and peer.name != "kingfisher-turbo" and peers.is_installed(peer)]


def of_peers(directory):
    """Where the peers find something below a directory, by their names; nothing of one that takes too long."""
    found = {}
    scratch = tempfile.mkdtemp(prefix="accuracy-")
    try:
        for peer in taking_part(directory, scratch):
            try:
                with open(os.path.join(scratch, peer.name + ".stdout"), "wb") as stdout:
                    run_for(peer.command, directory, stdout)
                places = peer.read(peer.report, directory)
            except subprocess.TimeoutExpired:
                print(f"{peer.name}: more than {PATIENCE} s for {directory}", file=sys.stderr)
                continue
            found[peer.name] = [(os.path.relpath(os.path.join(directory, path), directory), line) for path, line in places]
    finally:
        shutil.rmtree(scratch)
    return found


def run_for(command, directory, stdout):
    """Runs a command and all that it starts, and ends them when they take too long."""
    with subprocess.Popen(command, cwd=directory, stdout=stdout, stderr=subprocess.DEVNULL, start_new_session=True) as child:
        try:
            child.wait(PATIENCE)
        except BaseException:
            os.killpg(child.pid, signal.SIGKILL)
            raise


def lines_of(places):
    lines = collections.defaultdict(set)
    for path, line in places:
        lines[path].add(line)
    return lines


def count(cases, lines, show=False):
    """What of the labels is among the lines of findings, what is set aside and why, and what is missed."""
    tally = collections.Counter()
    aside, missed = collections.Counter(), collections.Counter()
    for case in cases:
        hits = lines.get(case["at"], set())
        text = case["content"].split("\n")
        for expected in case["expect"]:
            at = expected.get("line") or 1
            line = text[at - 1] if at <= len(text) else ""
            anywhere = case["quality"] in ("any", "path")
            hit = bool(hits) if anywhere else at in hits
            tally["labels"] += 1
            tally["found of all"] += hit
            why = set_aside(case, expected, line)
            if why:
                aside[why] += 1
                continue
            tally["sane"] += 1
            tally["found"] += hit
            if not hit and show:
                print(case.get("rule"), "|", line[:150], file=sys.stderr)
            if not hit:
                missed[case.get("rule") or case["path"]] += 1
        if not case["expect"]:
            kind = "rule negatives" if case.get("scope") == "rule" else "negatives"
            tally[kind] += 1
            tally[f"quiet {kind}"] += not hits
    return tally, aside, missed


def lines_below(directory):
    total = 0
    for where, below, names in os.walk(directory):
        below[:] = [name for name in below if name != ".git"]
        for name in names:
            path = os.path.join(where, name)
            if os.path.isfile(path) and not os.path.islink(path):
                with open(path, "rb") as file:
                    total += sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
    return total


def judged_by_hand():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "accuracy-judged.txt")
    verdicts = {}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            for line in file:
                if line.strip() and not line.startswith("#"):
                    tree, place, verdict = line.rstrip("\n").split("\t")
                    verdicts[tree, place] = verdict
    return verdicts


def judge(tree, record, verdicts):
    where = record["location"]
    given = verdicts.get((tree, f"{where['path']}:{where['start_line']}"))
    if given:
        return given
    if MADE_UP.search(where["path"]):
        return "made up for tests or documents"
    return "not judged"


def measure_tree(scanner, name, path, verdicts):
    lines = lines_below(path) if os.path.isdir(path) else 0
    if not lines:
        sys.exit(f"{name}: there is no text in {path}, and nothing found in it says nothing; name a tree as its project publishes it")
    found, code = scanner.findings(path)
    kinds = collections.Counter(judge(name, record, verdicts) for record in found)
    return lines, found, kinds, code


def as_called():
    """Which peers took part."""
    return ", ".join(peers.version(peer.command) for peer in taking_part("", "")) or "None is installed"


def outside(places):
    """How many places do not lie in tests, examples or documents."""
    return sum(not MADE_UP.search(path) for path, _ in places)


def share(part, whole):
    return f"{part} of {whole} ({100 * part / whole:.0f} %)" if whole else "none"


def table(columns, rows):
    """Prints a table; the names of its columns are one text, as are its rows."""
    print(f"| {columns} |")
    print("|" + "---|" * len(columns.split(" | ")))
    print("\n".join(rows))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tightlip", required=True)
    parser.add_argument("--cases")
    parser.add_argument("--misses", action="store_true", help="print what was missed, for the eye alone")
    parser.add_argument("--tree", action="append", default=[])
    given = parser.parse_args()
    scanner = Scanner(os.path.abspath(given.tightlip))
    version = subprocess.run([scanner.program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    print("# Accuracy")
    print(f"Made by `benches/accuracy.py` on {datetime.date.today()} with {version}, at the default confidence (medium). "
          "The cases and the trees are not part of this project; the script says in what form it takes them.\n")
    if given.cases:
        files = sorted(f for f in os.listdir(given.cases) if f.endswith((".jsonl", ".jsonl.gz")))
        if not files:
            sys.exit(f"{given.cases}: no *.jsonl or *.jsonl.gz in it; name the directory that holds labelled cases")
        rows, asides, misses, louds, besides = [], [], [], [], []
        for name in files:
            tally, aside, missed, loud, others = measure_cases(scanner, os.path.join(given.cases, name), given.misses)
            title = name.split(".")[0]
            rows.append(f"| {title} | {share(tally['found of all'], tally['labels'])} | {sum(aside.values())} | "
                        f"{share(tally['found'], tally['sane'])} | {share(tally['quiet negatives'], tally['negatives'])} | "
                        f"{share(tally['quiet rule negatives'], tally['rule negatives'])} |")
            besides += [f"| {title} | {name} | {share(other['found'], other['sane'])} | "
                        f"{share(other['quiet negatives'], other['negatives'])} | "
                        f"{share(other['quiet rule negatives'], other['rule negatives'])} |"
                        for name, other in [("tightlip", tally), *others.items()]]
            asides += [f"| {title} | {why} | {count} |" for why, count in aside.most_common()]
            misses += [f"| {title} | {rule} | {count} |" for rule, count in missed.most_common()]
            louds += [f"| {title} | {rule} | {scope} | {', '.join(rules)} |" for rule, scope, rules in sorted(loud)]
        print("## Labelled cases")
        print("A label is found when a finding covers its line. Set aside, found or not, are labels that are no secrets, or that "
              "stand in for one.\n")
        table("set | found of all labels | set aside | found of the rest | quiet negatives | quiet at one rule's negatives", rows)
        print(f"\n### Beside other scanners\n{as_called()}, at their defaults. A scanner passes the set that is made of its own "
              "tests; the same labels are set aside for all.\n")
        table("set | scanner | found of the rest | quiet negatives | quiet at one rule's negatives", besides)
        print("\n### Set aside")
        table("set | why | labels", asides)
        print("\n### Missed, by the class of the label")
        table("set | class | labels", misses)
        print("\n### Loud at negatives\nA negative of one rule may be another rule's secret.\n")
        table("set | class of the negative | scope | tightlip's rules", louds)
    if given.tree:
        verdicts = judged_by_hand()
        rows, listed, besides = [], [], []
        for tree in given.tree:
            name, _, rest = tree.partition("=")
            path, _, commit = rest.rpartition("@") if "@" in rest else (rest, "", "")
            lines, found, kinds, code = measure_tree(scanner, name, path, verdicts)
            made_up = kinds["made up for tests or documents"]
            real = sum(count for kind, count in kinds.items() if kind.startswith("a real"))
            false = len(found) - made_up - real
            rows.append(f"| {name} | {commit[:12] or '-'} | {lines:,} | {len(found)} | {made_up} | {real} | {false} | "
                        f"{1e6 * false / lines if lines else 0:.1f} | {code} |")
            others = of_peers(os.path.abspath(path))
            ours = [(r["location"]["path"], r["location"]["start_line"]) for r in found]
            besides.append((name, ours, others))
            groups = collections.Counter((r["rule"], judge(name, r, verdicts)) for r in found)
            listed += [f"| {name} | {rule} | {verdict} | {count} |" for (rule, verdict), count in sorted(groups.items())]
        print("\n## Source trees")
        print("\"Made up\" are secrets by every sign, in a file of tests, examples or documents: private keys of test servers, "
              "hashes of test passwords. \"False\" is all else, judged or not.\n")
        print(f"{FIRST_READING}\n")
        table("tree | commit | lines | findings | made up | real | false | false a million lines | exit", rows)
        print(f"\n### Beside other scanners\nFindings outside tests, examples and documents, judged or not; more is worse where nothing is "
              f"real, and better where something is. A dash: it took more than {PATIENCE} s.\n")
        names = sorted({name for _, _, others in besides for name in others})
        table(" | ".join(["tree", "tightlip", *names]),
              [" | ".join([f"| {tree}", str(outside(ours)), *(str(outside(others[n])) if n in others else "-" for n in names)]) + " |"
               for tree, ours, others in besides])
        print("\n### Every finding in them, by rule")
        table("tree | rule | judgement | findings", listed)


if __name__ == "__main__":
    main()
