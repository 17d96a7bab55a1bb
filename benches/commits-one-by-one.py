#!/usr/bin/env python3
"""Whether every commit of a repository, scanned one at a time, gives together what an audit of the whole finds.

    python3 benches/commits-one-by-one.py [--tightlip BIN] [-j N] [--min-confidence LEVEL] [--allow-missing] REPO...

What is compared are pairs of a rule and a secret, in all that some ref or reflog reaches, but for the names of refs,
which no commit holds. A secret is told by its keyed fingerprint; the key is drawn for the run. What neither can read,
because a clone lacks it, is no difference with --allow-missing. Ends with 1 when the two differ, and shows where.
"""

import argparse
import concurrent.futures
import json
import os
import secrets
import subprocess
import sys


def told(git_dir, *args):
    return subprocess.run(["git", "--git-dir", git_dir, *args], check=True, capture_output=True, text=True).stdout


def pairs(command, accepted):
    """Each rule and secret that counts, with one place of it. What was not scanned for another reason than those
    accepted makes it no measurement."""
    run = subprocess.run(command, capture_output=True, text=True)
    report = json.loads(run.stdout or "null")
    skipped = report["coverage"]["skipped"] if report else [{"reason": "nothing was reported", "costs_exit": True}]
    refused = {skip["reason"] for skip in skipped if skip["costs_exit"]} - set(accepted)
    if refused:
        sys.exit(f"{' '.join(command)}: {', '.join(refused)}\n{run.stderr}")
    found = {}
    for finding in (finding for finding in report["findings"] if finding["change"] != "old"):
        location = finding["location"]
        if location["kind"] != "ref-name":
            pair = finding["rule"], finding["secret_fingerprint"]
            first = (finding["history"]["first"] or {}).get("id", "no commit")
            found.setdefault(pair, f"{location['kind']} {location['path']}:{location['start_line']} {first}")
    return found


def compare(args, repo):
    git_dir = subprocess.check_output(["git", "-C", repo, "rev-parse", "--absolute-git-dir"], text=True).strip()

    def scanned(*command):
        options = ["--isolated", "--format=json", f"--min-confidence={args.min_confidence}"]
        return pairs([args.tightlip, "-C", git_dir, *command, *options], ["missing"] if args.allow_missing else [])

    audit = scanned("audit", f"-j{args.jobs}")
    commits = told(git_dir, "rev-list", "--all", "--reflog").split()
    names = told(git_dir, "for-each-ref", "--format=%(objecttype) %(*objecttype) %(objectname)").splitlines()
    tags = [name.split()[2] for name in names if name.startswith("tag commit ")]
    together = {}
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for found in pool.map(lambda commit: scanned("commits", "-j1", commit), [*commits, *tags]):
            together = {**found, **together}
    print(f"{repo}: {len(commits)} commits and {len(tags)} tags; "
          f"audit {len(audit)} pairs, one by one {len(together)}")
    for name, some, others in (("audit", audit, together), ("one by one", together, audit)):
        for pair in sorted(some.keys() - others.keys()):
            print(f"  only {name}: {pair[0]} {pair[1][:8]} {some[pair]}")
    return audit.keys() == together.keys()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tightlip", default="target/release/tightlip")
    parser.add_argument("-j", "--jobs", type=int, default=2)
    parser.add_argument("--min-confidence", default="medium", metavar="LEVEL")
    parser.add_argument("--allow-missing", action="store_true")
    parser.add_argument("repos", nargs="+", metavar="REPO")
    args = parser.parse_args()
    os.environ["TIGHTLIP_KEY"] = secrets.token_hex(32)
    same = [compare(args, repo) for repo in args.repos]
    sys.exit(0 if all(same) else 1)


if __name__ == "__main__":
    main()
