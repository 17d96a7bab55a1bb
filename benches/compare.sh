#!/usr/bin/env bash
# Times whole scans of a tree or a file, this program beside a plain ripgrep
# search and whatever other scanners are installed, in one run, alternating:
#
#     bash benches/compare.sh PATH [ROUNDS]
#
# Prints medians, so that a figure never stands without the machine it was
# measured on and the search it was measured beside. Findings are what each
# program says itself; a peer's differ in kind, so they are no score.
#
# Environment: TIGHTLIP names the binary (target/release/tightlip); ONLY, a
# list of names, leaves the others out.
set -euo pipefail

cd "$(dirname "$0")/.."
[ $# -ge 1 ] && [ -e "$1" ] || {
    echo "usage: bash benches/compare.sh PATH [ROUNDS]; the path must exist" >&2
    exit 2
}
tightlip=${TIGHTLIP:-$PWD/target/release/tightlip}
[ -x "$tightlip" ] || {
    echo "no $tightlip; build it first: cargo build --release" >&2
    exit 2
}
PYTHONPATH=benches PYTHONDONTWRITEBYTECODE=1 exec python3 - "$tightlip" "$(realpath "$1")" "${2:-5}" "${ONLY:-}" <<'PYTHON'
import json, os, platform, shutil, statistics, subprocess, sys, tempfile, time
from peers import Peer, is_installed, peers, version

tightlip, path, rounds, only = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4].split()
scratch = tempfile.mkdtemp(prefix="compare-")
folder = path if os.path.isdir(path) else os.path.dirname(path)


def out(name):
    return os.path.join(scratch, name)


def findings_of_ours(report, root):
    with open(report, "rb") as text:
        return json.load(text)["findings"]


ours = [tightlip, "scan", "--no-ignore", "--isolated", "--quiet", "-f", "json", "-o", out("tightlip"), path]
PROGRAMS = {peer.name: peer for peer in [
    Peer("ripgrep", ["rg", "-uuu", "-c", "zzzzqqqq", path], None, None),
    Peer("tightlip", ours, out("tightlip"), findings_of_ours),
    *peers(path, scratch),
]}


def run(name, command):
    shutil.rmtree(out("datastore"), ignore_errors=True)
    with open(out(name + ".stdout"), "wb") as stdout:
        began = time.perf_counter()
        child = subprocess.Popen(command, stdout=stdout, stderr=subprocess.DEVNULL, cwd=folder)
        _, status, usage = os.wait4(child.pid, 0)
        took = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    return took, usage.ru_maxrss / 1024, child.returncode


def size():
    if os.path.isfile(path):
        return 1, os.path.getsize(path)
    files = total = 0
    for parent, _, names in os.walk(path):
        for name in names:
            try:
                total += os.lstat(os.path.join(parent, name)).st_size
                files += 1
            except OSError:
                pass
    return files, total


there = {n: p for n, p in PROGRAMS.items() if (not only or n in only or n in ("ripgrep", "tightlip")) and is_installed(p)}
missing = [n for n in PROGRAMS if n not in there]
files, total = size()
with open("/proc/cpuinfo") as info:
    cpu = next((line.split(":")[1].strip() for line in info if line.startswith("model name")), platform.processor())
print(f"{path}: {files:,} files, {total / 1e6:,.0f} MB; {os.cpu_count()} cores, {cpu}; {time.strftime('%Y-%m-%d')}")
times, peaks, codes = {n: [] for n in there}, {n: 0 for n in there}, {}
for turn in range(rounds + 1):
    for name, program in there.items():
        took, peak, codes[name] = run(name, program.command)
        if turn > 0:  # the first one warms the page cache
            times[name].append(took)
        peaks[name] = max(peaks[name], peak)
base = times.get("ripgrep")
print(f"\n| program | median s (least to most) | times ripgrep | MB/s | peak MiB | findings | exit |\n|---|---|---|---|---|---|---|")
for name, program in there.items():
    took = times[name]
    ratio = f"{statistics.median(a / b for a, b in zip(took, base)):.2f}" if base else "-"
    try:
        found = len(program.read(program.report, folder)) if program.read else "-"
    except (OSError, ValueError, KeyError):
        found = "?"
    middle = statistics.median(took)
    print(f"| {name} ({version(program.command)}) | {middle:.3f} ({min(took):.3f} to {max(took):.3f}) | {ratio} "
          f"| {total / 1e6 / middle:,.0f} | {peaks[name]:.0f} | {found} | {codes[name]} |")
print("\nThe ratio is the median of pairs. As called:")
for program in there.values():
    print("    " + " ".join(program.command).replace(scratch, "$SCRATCH").replace(path, "PATH"))
if missing:
    print("Not installed or left out: " + ", ".join(missing))
shutil.rmtree(scratch, ignore_errors=True)
PYTHON
