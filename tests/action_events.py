"""Runs the GitHub action for each event that it may meet, outside of GitHub.

    python3 tests/action_events.py TIGHTLIP

Each case makes a real repository with a real origin, checks it out as
actions/checkout does, and gives the action what the runner would: the payload
of tests/events (in the shape that GitHub documents, its commits put in here)
through the very expressions of action.yml. What counts is which commits are
scanned, what is found in them, and that nothing is scanned less than asked.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
ZEROS = "0" * 40
NOWHERE = "1" * 40
REMEDY = "fetch-depth: 0"


def leak(seed):
    """Made at run time, so that no file of ours holds anything like a secret."""
    digest = hashlib.sha256(f"a token for tests {seed}".encode()).hexdigest()
    return "Authorization: " + f"Bearer {digest[:40]}\n"


class Case:
    """A room with an origin, a developer's clone, and a runner's checkout."""

    def __init__(self, room, program):
        self.room = room
        self.origin = room / "origin.git"
        self.work = room / "work"
        self.checkout = room / "checkout"
        self.bin = room / "bin"
        self.bin.mkdir()
        (self.bin / "tightlip").symlink_to(program)
        self.environment = {
            "PATH": f"{self.bin}:/usr/local/bin:/usr/bin:/bin", "HOME": str(room),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@example.invalid",
            "GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@example.invalid",
        }
        self.git("init", "-q", "--bare", "-b", "main", str(self.origin), at=room)
        self.git("init", "-q", "-b", "main", str(self.work), at=room)
        self.git("remote", "add", "origin", str(self.origin))
        # As GitHub's server: any commit it still has may be asked for.
        self.git("config", "uploadpack.allowAnySHA1InWant", "true", at=self.origin)

    def git(self, *args, at=None):
        done = subprocess.run(["git", *args], cwd=at or self.work, env=self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        assert done.returncode == 0, (args, done.stderr)
        return done.stdout.strip()

    def commit(self, name, text):
        """Writes a file (or takes it away) and commits that."""
        if text is None:
            (self.work / name).unlink()
        else:
            (self.work / name).write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", f"change {name}")
        return self.git("rev-parse", "HEAD")

    def push(self, *refs):
        self.git("push", "-q", "--force", "origin", *refs)

    def check_out(self, ref, commit, depth=0):
        """What actions/checkout does for `ref`, at `commit`."""
        self.git("init", "-q", str(self.checkout), at=self.room)
        self.git("remote", "add", "origin", f"file://{self.origin}", at=self.checkout)
        if depth:
            wanted = [f"--depth={depth}", "origin", f"+{commit}:refs/remotes/origin/checked-out"]
        else:
            wanted = ["origin", "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"]
            if ref.startswith("refs/pull/"):
                wanted.append(f"+{commit}:{ref.replace('refs/', 'refs/remotes/')}")
        self.git("fetch", "-q", "--no-tags", *wanted, at=self.checkout)
        self.git("checkout", "-q", "--detach", commit, at=self.checkout)

    def pushed(self, before, after, ref="refs/heads/main", depth=0):
        """Pushes `ref` and checks it out; the payload of that push."""
        self.push(ref)
        self.check_out(ref, after, depth)
        return self.payload("push", ref=ref, before=before, after=after)

    def payload(self, event, **values):
        text = (HERE / "events" / f"{event}.json").read_text()
        for name, value in values.items():
            text = text.replace("{" + name + "}", value)
        assert not re.search(r'"\{', text), text
        return json.loads(text)

    def act(self, event, payload, ref="refs/heads/main", **inputs):
        """Runs the steps of action.yml; what they wrote, and how they ended."""
        github = {
            "event_name": event, "event": payload, "ref": ref,
            "repository": payload["repository"]["full_name"], "action_path": str(ROOT),
        }
        temp = self.room / "temp"
        temp.mkdir(exist_ok=True)
        files = {name: self.room / name for name in ("output", "summary")}
        for file in files.values():
            file.write_text("")
        environment = {
            **self.environment, "RUNNER_TEMP": str(temp), "CI": "true", "GITHUB_ACTIONS": "true",
            "GITHUB_OUTPUT": str(files["output"]), "GITHUB_STEP_SUMMARY": str(files["summary"]),
        }
        steps = Steps(github, inputs)
        first = subprocess.run(["bash", ROOT / "action/run.sh"], cwd=self.checkout, text=True,
                               env={**environment, **steps.environment(0)},
                               stdin=subprocess.DEVNULL, capture_output=True)
        outputs = dict(line.split("=", 1) for line in files["output"].read_text().splitlines())
        steps.outputs["scan"] = outputs
        last = subprocess.run(["bash", ROOT / "action/verdict.sh"], cwd=self.checkout, text=True,
                              env={**environment, **steps.environment(1)},
                              stdin=subprocess.DEVNULL, capture_output=True)
        code = first.returncode or last.returncode
        return Outcome(code, outputs, first.stdout + first.stderr + last.stdout,
                       files["summary"].read_text())


class Outcome:
    def __init__(self, code, outputs, log, summary):
        self.code, self.outputs, self.log, self.summary = code, outputs, log, summary

    def ended(self, code, says=None):
        assert self.code == code, f"exit code {self.code}, not {code}\n{self.log}"
        assert says is None or says in self.log, f"{says!r} is not in the log:\n{self.log}"
        return self

    def scanned(self, start):
        expected = f"{start}..HEAD" if start else ""
        got = self.outputs.get("range")
        assert got == expected, f"range {got}, not {expected}"
        return self


class Steps:
    """The env blocks of action.yml, with their expressions filled in."""

    def __init__(self, github, inputs):
        text = (ROOT / "action.yml").read_text()
        self.defaults = dict(re.findall(r'^  ([a-z-]+):\n(?:    .*\n)*?    default: "?(.*?)"?$', text, re.M))
        unknown = set(inputs) - set(self.defaults)
        assert not unknown, unknown
        self.inputs = {**self.defaults, **inputs}
        self.github = github
        self.outputs = {}
        self.blocks = re.findall(r"^      env:\n((?:        .*\n)+)", text, re.M)
        assert len(self.blocks) == 2

    def environment(self, step):
        found = re.findall(r"^ +([A-Z_]+): \$\{\{ (.*) \}\}$", self.blocks[step], re.M)
        return {name: self.value(expression) for name, expression in found}

    def value(self, expression):
        root, _, rest = expression.partition(".")
        if root == "inputs":
            return self.inputs[rest]
        if root == "steps":
            step, _, name = rest.partition(".outputs.")
            return self.outputs.get(step, {}).get(name, "")
        assert root == "github", expression
        value = self.github
        for part in rest.split("."):
            # As GitHub does: what is not there is empty.
            value = value.get(part) if isinstance(value, dict) else None
        return "" if value is None else str(value)


def a_push_is_all_its_commits(case):
    start = case.commit("a", "clean\n")
    case.commit("b", leak(1))
    end = case.commit("b", None)
    payload = case.pushed(start, end)
    done = case.act("push", payload).ended(1).scanned(start)
    assert "::error file=b,line=1" in done.log, done.log
    # The file is gone: only the commits know.
    case.act("push", payload, scan="files").ended(0).scanned("")


def what_was_there_before_a_push_is_not_its_business(case):
    start = case.commit("a", leak(1))
    end = case.commit("b", "clean\n")
    payload = case.pushed(start, end)
    done = case.act("push", payload).ended(0).scanned(start)
    assert done.outputs["sarif-file"] and "::error" not in done.log
    # Code scanning wants to know of it all the same.
    sarif = json.loads(Path(done.outputs["sarif-file"]).read_text())
    assert len(sarif["runs"][0]["results"]) == 1
    case.act("push", payload, scan="files").ended(1)


def a_first_push_is_everything(case):
    case.commit("a", leak(1))
    end = case.commit("a", None)
    payload = case.pushed(ZEROS, end)
    done = case.act("push", payload).ended(1)
    assert done.outputs["range"] == f"{ZEROS}..HEAD"


def a_new_branch_is_what_the_default_branch_has_not(case):
    start = case.commit("a", leak(1))
    case.push("main")
    case.git("checkout", "-q", "-b", "feature")
    case.commit("b", leak(2))
    end = case.commit("b", None)
    payload = case.pushed(ZEROS, end, ref="refs/heads/feature")
    done = case.act("push", payload, ref="refs/heads/feature").ended(1).scanned(start)
    assert "file=b," in done.log and "file=a," not in done.log


def a_forced_push_begins_at_what_it_replaced(case):
    case.commit("a", "clean\n")
    before = case.commit("b", "clean\n")
    case.push("main")
    case.git("reset", "-q", "--hard", "HEAD~1")
    end = case.commit("c", leak(1))
    payload = case.pushed(before, end)
    # Not in the clone, but the server still has it.
    case.act("push", payload).ended(1).scanned(before)
    # Nobody has it any more: everything rather than nothing.
    payload = case.payload("push", ref="refs/heads/main", before=NOWHERE, after=end)
    done = case.act("push", payload).ended(1)
    assert done.outputs["range"] == f"{ZEROS}..HEAD"


def a_tag_is_what_the_default_branch_has_not(case):
    start = case.commit("a", leak(1))
    case.push("main")
    case.git("checkout", "-q", "-b", "release")
    end = case.commit("b", leak(2))
    case.git("tag", "v1")
    payload = case.pushed(ZEROS, end, ref="refs/tags/v1")
    done = case.act("push", payload, ref="refs/tags/v1").ended(1).scanned(start)
    assert "file=a," not in done.log


def a_pull_request_is_what_its_merge_brings(case):
    base = case.commit("a", "clean\n")
    case.git("checkout", "-q", "-b", "feature")
    case.commit("b", leak(1))
    head = case.commit("b", None)
    case.git("checkout", "-q", "main")
    # The base went on, with a secret that is not this change's.
    moved = case.commit("c", leak(2))
    case.git("merge", "-q", "--no-ff", "-m", "merge", "feature")
    merge = case.git("rev-parse", "HEAD")
    case.push(f"{moved}:refs/heads/main", "feature", f"{merge}:refs/pull/7/merge")
    case.check_out("refs/pull/7/merge", merge)
    payload = case.payload("pull_request", base=base, head=head, old_head=head, head_owner="acme")
    ref = "refs/pull/7/merge"
    done = case.act("pull_request", payload, ref=ref).ended(1).scanned(moved)
    assert "file=b," in done.log and "file=c," not in done.log
    # The head itself checked out, as many workflows do.
    case.git("checkout", "-q", head, at=case.checkout)
    case.act("pull_request", payload, ref=ref).ended(1).scanned(base)


def a_shallow_checkout_is_deepened_or_refused(case):
    base = case.commit("a", "clean\n")
    case.commit("b", leak(1))
    head = case.commit("b", None)
    payload = case.pushed(base, head, depth=1)
    away = case.room / "away"
    case.origin.rename(away)
    done = case.act("push", payload).ended(2, says=REMEDY)
    assert done.outputs["exit-code"] == "2"
    new = case.payload("push", ref="refs/heads/main", before=ZEROS, after=head)
    case.act("push", new).ended(2, says=REMEDY)
    request = case.payload("pull_request", base=base, head=head, old_head=head, head_owner="acme")
    case.act("pull_request", request).ended(2, says=REMEDY)
    group = case.payload("merge_group", base=base, head=head)
    case.act("merge_group", group).ended(2, says=REMEDY)
    away.rename(case.origin)
    case.act("push", payload).ended(1).scanned(base)


def a_merge_group_is_what_it_adds_to_its_base(case):
    base = case.commit("a", leak(1))
    head = case.commit("b", leak(2))
    case.push("main")
    case.check_out("refs/heads/gh-readonly-queue/main/pr-7", head)
    payload = case.payload("merge_group", base=base, head=head)
    done = case.act("merge_group", payload).ended(1).scanned(base)
    assert "file=a," not in done.log
    lost = case.payload("merge_group", base=NOWHERE, head=head)
    case.act("merge_group", lost).ended(2, says=REMEDY)


def other_events_scan_all_files(case):
    head = case.commit("a", leak(1))
    case.push("main")
    case.check_out("refs/heads/main", head)
    for event in ("schedule", "workflow_dispatch"):
        done = case.act(event, case.payload(event)).ended(1).scanned("")
        assert "::error file=a,line=1" in done.log
    # Not even history is needed for that.
    case.origin.rename(case.room / "away")
    case.act("schedule", case.payload("schedule")).ended(1)


def a_target_event_without_the_change_is_refused(case):
    base = case.commit("a", "clean\n")
    case.git("checkout", "-q", "-b", "feature")
    head = case.commit("b", leak(1))
    case.push("main", "feature")
    case.check_out("refs/heads/main", base)
    payload = case.payload("pull_request", base=base, head=head, old_head=head, head_owner="eve")
    case.act("pull_request_target", payload).ended(2, says="not checked out")


def allow(case, at=None):
    """Accepts the one finding of the tree, as a developer does."""
    done = subprocess.run([case.bin / "tightlip", "allow", "--last", "--reason", "a sample"],
                          cwd=at or case.work, env=case.environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def a_change_cannot_accept_its_own_secrets(case):
    base = case.commit("a", "clean\n")
    case.git("checkout", "-q", "-b", "feature")
    (case.work / "b").write_text(leak(1))
    allow(case)
    head = case.commit("readme", "clean\n")
    case.git("checkout", "-q", "main")
    case.git("merge", "-q", "--no-ff", "-m", "merge", "feature")
    merge = case.git("rev-parse", "HEAD")
    case.push(f"{base}:refs/heads/main", "feature", f"{merge}:refs/pull/7/merge")
    ref = "refs/pull/7/merge"
    case.check_out(ref, merge)
    payload = case.payload("pull_request", base=base, head=head, old_head=head, head_owner="acme")
    own = "This change accepts these secrets itself"
    done = case.act("pull_request", payload, ref=ref).ended(1, says=own).scanned(base)
    assert own in done.summary, done.summary
    case.act("pull_request", payload, ref=ref, policy="checkout").ended(0)
    case.act("pull_request", payload, ref=ref, scan="files").ended(1)
    case.act("pull_request", payload, ref=ref, args="--isolated").ended(1)
    case.act("pull_request", payload, ref=ref, args="--no-inline-allow").ended(1)
    case.act("pull_request", payload, ref=ref, args=f"--config-from={merge}").ended(0)
    group = case.payload("merge_group", base=base, head=merge)
    case.act("merge_group", group).ended(1, says=own)
    # Merged is agreed to; another branch goes by what stood there before.
    push = case.payload("push", ref="refs/heads/main", before=base, after=merge)
    case.act("push", push).ended(0).scanned(base)
    push = case.payload("push", ref="refs/heads/feature", before=base, after=merge)
    case.act("push", push, ref="refs/heads/feature").ended(1, says=own)


def a_comment_accepts_nothing_in_the_change_that_brings_it(case):
    base = case.commit("a", leak(1).strip() + " # tightlip:allow\n")
    head = case.commit("b", leak(2).strip() + " # tightlip:allow\n")
    case.push("main")
    case.check_out("refs/heads/main", head)
    payload = case.payload("pull_request", base=base, head=head, old_head=head, head_owner="eve")
    done = case.act("pull_request", payload).ended(1, says="file=b,")
    # What stood there already stays accepted, in code scanning too.
    assert "file=a," not in done.log
    sarif = json.loads(Path(done.outputs["sarif-file"]).read_text())
    assert all(result["suppressions"] for result in sarif["runs"][0]["results"])
    case.act("pull_request", payload, policy="checkout").ended(0)


def what_the_base_accepts_is_accepted(case):
    (case.work / "fixture").write_text(leak(1))
    allow(case)
    (case.work / "fixture").unlink()
    base = case.commit("a", "clean\n")
    head = case.commit("fixture", leak(1))
    case.push("main")
    case.check_out("refs/heads/main", head)
    payload = case.payload("pull_request", base=base, head=head, old_head=head, head_owner="eve")
    case.act("pull_request", payload).ended(0).scanned(base)
    # A change that takes the entry away as well: it counts for the next one.
    case.git("rm", "-rq", ".tightlip")
    case.git("commit", "-qm", "take it away")
    worse = case.git("rev-parse", "HEAD")
    case.push("main")
    case.git("fetch", "-q", "origin", at=case.checkout)
    case.git("checkout", "-q", "--detach", worse, at=case.checkout)
    payload = case.payload("pull_request", base=base, head=worse, old_head=worse, head_owner="eve")
    case.act("pull_request", payload).ended(0)
    payload = case.payload("pull_request", base=worse, head=worse, old_head=worse, head_owner="eve")
    case.act("pull_request", payload, scan="files").ended(1)


def the_base_is_fetched_into_a_shallow_checkout(case):
    base = case.commit("a", "clean\n")
    case.git("checkout", "-q", "-b", "feature")
    (case.work / "b").write_text(leak(1))
    allow(case)
    head = case.commit("readme", "clean\n")
    case.push("main", "feature")
    case.check_out("refs/heads/feature", head, depth=1)
    away = case.room / "away"
    case.origin.rename(away)
    events = {
        "pull_request": case.payload("pull_request", base=base, head=head, old_head=head, head_owner="eve"),
        "merge_group": case.payload("merge_group", base=base, head=head),
        "push": case.payload("push", ref="refs/heads/feature", before=ZEROS, after=head),
    }
    for event, payload in events.items():
        case.act(event, payload, ref="refs/heads/feature", scan="files").ended(2, says=REMEDY)
        case.act(event, payload, ref="refs/heads/feature", scan="files", policy="checkout").ended(0)
    away.rename(case.origin)
    for event, payload in events.items():
        case.act(event, payload, ref="refs/heads/feature", scan="files").ended(1)


def only_who_may_uploads(case):
    base = case.commit("a", "clean\n")
    head = case.commit("b", leak(1))
    case.push("main")
    case.check_out("refs/heads/main", head)

    def upload(event, payload, **inputs):
        return case.act(event, payload, **inputs).outputs["upload"]

    own = case.payload("pull_request", base=base, head=head, old_head=head, head_owner="acme")
    fork = case.payload("pull_request", base=base, head=head, old_head=head, head_owner="eve")
    gone = json.loads(json.dumps(fork))
    gone["pull_request"]["head"]["repo"] = None
    push = case.payload("push", ref="refs/heads/main", before=base, after=head)
    assert upload("pull_request", own, upload="true") == "true"
    assert upload("pull_request", own) == "false"
    assert upload("pull_request", fork, upload="true") == "false"
    assert upload("pull_request", gone, upload="true") == "false"
    assert upload("push", push, upload="true") == "true"
    # The fork's secrets are annotated, and fail it.
    case.act("pull_request", fork, upload="true").ended(1, says="::error file=b")


def what_the_event_says_is_never_run(case):
    head = case.commit("a", leak(1))
    case.push("main")
    case.check_out("refs/heads/main", head)
    for hostile in ("$(touch pwned)", "--upload-pack=touch pwned", "HEAD\n::error::pwn", "-x", "main"):
        payload = case.payload("push", ref="refs/heads/main", before=ZEROS, after=head)
        payload["before"] = hostile
        payload["repository"]["default_branch"] = hostile
        done = case.act("push", payload).ended(1)
        assert done.outputs["range"] == f"{ZEROS}..HEAD", hostile
        assert not re.search(r"^\s*::error::pwn", done.log, re.M), done.log
    assert not (case.checkout / "pwned").exists()


CASES = [
    a_push_is_all_its_commits,
    what_was_there_before_a_push_is_not_its_business,
    a_first_push_is_everything,
    a_new_branch_is_what_the_default_branch_has_not,
    a_forced_push_begins_at_what_it_replaced,
    a_tag_is_what_the_default_branch_has_not,
    a_pull_request_is_what_its_merge_brings,
    a_shallow_checkout_is_deepened_or_refused,
    a_merge_group_is_what_it_adds_to_its_base,
    other_events_scan_all_files,
    a_target_event_without_the_change_is_refused,
    a_change_cannot_accept_its_own_secrets,
    a_comment_accepts_nothing_in_the_change_that_brings_it,
    what_the_base_accepts_is_accepted,
    the_base_is_fetched_into_a_shallow_checkout,
    only_who_may_uploads,
    what_the_event_says_is_never_run,
]


def main(program, *names):
    program = Path(program).resolve()
    failed = 0
    for case in CASES:
        if names and case.__name__ not in names:
            continue
        with tempfile.TemporaryDirectory() as room:
            try:
                case(Case(Path(room), program))
            except AssertionError as error:
                failed += 1
                print(f"FAILED {case.__name__.replace('_', ' ')}:\n    {error}")
    print(f"tests/action_events.py: {failed} failed" if failed else "tests/action_events.py: all passed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(*sys.argv[1:])
