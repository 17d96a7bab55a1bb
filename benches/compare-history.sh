#!/usr/bin/env bash
# Audits beside the bare traversal of the same packs, git, and what other
# scanners are on PATH; the smallest of RUNS runs each, one after the other.
#
#   benches/compare-history.sh REPO...      (RUNS=3, BIN=target/release)
#
# A copy of each repository gets a hundred commits with a token each, so that
# there is something to attribute; the tokens are made for the run.
set -euo pipefail
[ $# -gt 0 ] || { sed -n '2,9p' "$0" | sed 's/^# \{0,1\}//'; exit 2; }
bin=$(realpath "${BIN:-target/release}")
runs=${RUNS:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The least seconds, processor seconds and peak kB of several runs.
least() {
  local run
  for ((run = 0; run < runs; run++)); do
    # Scanners end with 1 when they find something, kingfisher with 200 or 205.
    /usr/bin/time -o "$work/time" -f '%e %U %S %M' "$@" >"$work/out" 2>"$work/err" || [[ $? =~ ^(1|200|205)$ ]] ||
      { tail -2 "$work/err" >&2; echo "failed: $*" >&2; return 0; }
    tail -1 "$work/time"
  done | sort -n | head -1
}

row() {
  local name=$1; shift
  local seconds user system peak
  read -r seconds user system peak < <(least "$@") || return 0
  [ "$name" = "bare traversal" ] && base=$seconds && base_cpu=$(echo "$user + $system" | bc)
  printf '| %-28s | %7.2f | %5.2f | %7.2f | %5.2f | %6.0f |\n' "$name" "$seconds" \
    "$(echo "scale=4; $seconds / $base" | bc)" "$(echo "$user + $system" | bc)" \
    "$(echo "scale=4; ($user + $system) / $base_cpu" | bc)" "$(echo "$peak / 1000" | bc)"
}

plant() {
  python3 - "$1" <<'PY' | git --git-dir="$1" fast-import --quiet --force
import base64, os, subprocess, sys
head = subprocess.check_output(["git", "--git-dir", sys.argv[1], "rev-parse", "HEAD"], text=True).strip()
for n in range(100):
    token = base64.b64encode(bytes([0, 0, n % 4]) + os.urandom(21)).decode()
    text = f"REDIVIS_API_TOKEN={token}\n"
    print(f"commit refs/heads/planted\ncommitter T <t@example.org> {1700000000 + n} +0000\ndata 1\nx")
    if n == 0:
        print(f"from {head}")
    print(f"M 100644 inline planted/{n % 10}/{n}.env\ndata {len(text)}\n{text}")
PY
  git --git-dir="$1" repack -q -d
}

for repo in "$@"; do
  git_dir=$(git -C "$repo" rev-parse --absolute-git-dir)
  planted=$work/planted.git
  rm -rf "$planted"
  git clone -q --bare --mirror "$git_dir" "$planted"
  plant "$planted"
  echo
  echo "$(basename "${git_dir%/.git}"): $(git --git-dir="$git_dir" count-objects -v | awk '
    /^in-pack/ {n = $2} /^size-pack/ {kb = $2} END {print n " objects, pack of " int(kb / 1000) " MB"}')"
  echo "| what                         |       s | ratio |   CPU s | ratio |     MB |"
  echo "|---|---|---|---|---|---|"
  row "bare traversal" "$bin/examples/pack_walk" "$git_dir"
  row "audit, one rule" "$bin/tightlip" audit --isolated --allow-shallow --select redivis-api-token "$git_dir"
  row "the same, 100 tokens planted" "$bin/tightlip" audit --isolated --allow-shallow --select redivis-api-token "$planted"
  row "audit, all rules" "$bin/tightlip" audit --isolated --allow-shallow "$git_dir"
  row "the same, 100 tokens planted" "$bin/tightlip" audit --isolated --allow-shallow "$planted"
  row "git cat-file --unordered" git --git-dir="$git_dir" cat-file --batch-all-objects --batch --unordered
  if command -v gitleaks >/dev/null; then
    row "gitleaks" gitleaks git --no-banner --exit-code 0 "$git_dir"
  fi
  if command -v betterleaks >/dev/null; then
    row "betterleaks" betterleaks git --no-banner --exit-code 0 "$git_dir"
  fi
  if command -v kingfisher >/dev/null; then
    row "kingfisher" kingfisher scan --turbo --no-validate --no-update-check "$git_dir"
  fi
  if command -v noseyparker >/dev/null; then
    rm -rf "$work/np"
    row "noseyparker" noseyparker scan --datastore "$work/np" "$git_dir"
  fi
done
