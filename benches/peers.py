"""How other scanners are called over files, and where they say that findings stand.

Validation, update checks and history are off: one pass over files; one secret in several places is told at each.
`compare.sh` times these calls, `accuracy.py` reads their reports. A peer takes part when its program is on the PATH.
"""

import collections
import json
import os
import re
import shutil
import subprocess

Peer = collections.namedtuple("Peer", "name command report read")
Peer.__doc__ = """A scanner: its name, its call, the file that holds its report, and what makes a list of (path, line) of that.
One without a report is timed alone."""


def of_lines(report, root):
    """PATH:LINE:TEXT, as grep prints it."""
    with open(report, encoding="utf-8", errors="replace") as file:
        matches = (re.match(r"(.*?):(\d+):", line) for line in file)
        return [(match[1], int(match[2])) for match in matches if match]


def of_leaks(report, root):
    with open(report, encoding="utf-8") as file:
        return [(found["File"], found["StartLine"]) for found in json.load(file)]


def of_detect_secrets(report, root):
    with open(report, encoding="utf-8") as file:
        results = json.load(file)["results"]
    # Of several kinds in one line, one.
    return sorted({(path, found["line_number"]) for path, all_found in results.items() for found in all_found})


def of_kingfisher(report, root):
    places = []
    with open(report, encoding="utf-8") as file:
        for line in file:
            found = json.loads(line).get("finding")
            if not found:
                continue
            places.append((found["path"], found["line"]))
            # The second half of a pair is told with the first, without its line.
            halves = (found.get("dependent_captures") or {}).values()
            if not halves:
                continue
            try:
                with open(os.path.join(root, found["path"]), encoding="utf-8", errors="replace") as text:
                    places += [(found["path"], at) for at, row in enumerate(text, 1) if any(half in row for half in halves)]
            except OSError:
                pass
    return sorted(set(places))


def peers(path, scratch):
    """All that are known, as they scan `path`, which is absolute; reports go to the directory `scratch`."""
    def out(name):
        return os.path.join(scratch, name)

    def leaks(name):
        report = ["--report-format", "json", "--report-path", out(name)]
        return Peer(name, [name, "dir", path, "--no-banner", "--redact", *report], out(name), of_leaks)

    kingfisher = ["kingfisher", "scan", path, "--no-validate", "--no-update-check", "--git-history", "none", "--no-dedup", "--format", "jsonl"]
    detect_secrets = ["detect-secrets", "scan", "--all-files", "--no-verify", path]
    return [
        Peer("kingfisher", [*kingfisher, "--output", out("kingfisher")], out("kingfisher"), of_kingfisher),
        Peer("kingfisher-turbo", [*kingfisher, "--turbo", "--output", out("turbo")], out("turbo"), of_kingfisher),
        Peer("ripsecrets", ["ripsecrets", path], out("ripsecrets.stdout"), of_lines),
        Peer("noseyparker", ["noseyparker", "scan", "--git-history", "none", "--ignore-certs", "--datastore", out("datastore"), path],
             None, None),
        leaks("gitleaks"),
        leaks("betterleaks"),
        Peer("detect-secrets", detect_secrets, out("detect-secrets.stdout"), of_detect_secrets),
    ]


def is_installed(peer):
    return shutil.which(peer.command[0]) is not None


def version(command):
    asked = subprocess.run([command[0], "version" if "leaks" in command[0] else "--version"], capture_output=True, text=True,
                           check=False)
    told = re.sub(r"\s+", " ", (asked.stdout or asked.stderr).split("\n")[0])[:40]
    return told if re.search("[a-z]{4}", told) else f"{command[0]} {told}"
