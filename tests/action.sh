#!/usr/bin/env bash
# Tries the GitHub action outside of GitHub: runs its scripts in a repository
# made for it, with the variables the runner would set: its inputs, and what
# attacks it. The events are tried by tests/action_events.py.
#
#     tests/action.sh [TIGHTLIP]      (target/release/tightlip when not given)
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
program=${1:-$here/target/release/tightlip}
program=$(cd "$(dirname "$program")" && pwd)/$(basename "$program")
[ -x "$program" ] || {
    echo "$program: not there; cargo build --release" >&2
    exit 2
}

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
mkdir "$room/bin" "$room/temp" "$room/repository"
ln -s "$program" "$room/bin/tightlip"
cd "$room/repository"
git init --quiet .

# Made at run time, so that no file of ours holds anything like a secret.
token=$(printf 'a token for tests' | sha256sum | cut -c 1-40)
header="Authorization: Bearer $token"
failures=0

# Runs the action with these variables; leaves code, log, summary and outputs.
action() {
    : >"$room/summary"
    : >"$room/output"
    code=0
    env -i PATH="$room/bin:/usr/bin:/bin" HOME="$room" CI=true GITHUB_ACTIONS=true \
        GITHUB_STEP_SUMMARY="$room/summary" GITHUB_OUTPUT="$room/output" GITHUB_PATH="$room/path" \
        RUNNER_TEMP="$room/temp" ACTION_PATH="$here" EVENT_NAME=workflow_dispatch "$@" \
        bash "$here/action/run.sh" >"$room/log" 2>&1 || code=$?
    if [ "$code" = 0 ]; then
        env -i PATH=/usr/bin:/bin "$@" SCAN_EXIT_CODE="$(output exit-code)" SCAN_UPLOAD="$(output upload)" \
            bash "$here/action/verdict.sh" >>"$room/log" 2>&1 || code=$?
    fi
    # Whatever else a run does: no part of the token in anything it wrote.
    local at
    for ((at = 0; at + 8 <= ${#token}; at++)); do
        if grep -rqF -e "${token:at:8}" "$room/log" "$room/summary" "$room/output" "$room/temp"; then
            fails "eight characters of the token were written"
            break
        fi
    done
}

fails() {
    failures=$((failures + 1))
    echo "FAILED $name: $1"
    sed 's/^/    /' "$room/log"
}

# is WHAT ACTUAL EXPECTED
is() {
    [ "$2" = "$3" ] || fails "$1 is \"$2\", not \"$3\""
}

has() {
    grep -qF -e "$2" "$room/$1" || fails "$1 lacks \"$2\""
}

lacks() {
    ! grep -q -e "$2" "$room/$1" || fails "$1 has a line like \"$2\""
}

output() {
    sed -n "s/^$1=//p" "$room/output"
}

# The number of results in the SARIF report that the outputs name.
results() {
    python3 -c 'import json, sys
print(len(json.load(open(sys.argv[1]))["runs"][0]["results"]))' "$(output sarif-file)"
}

name="a clean repository"
echo 'print("hello")' >hello.py
action
is "exit code" "$code" 0
is "output exit-code" "$(output exit-code)" 0
is "number of results" "$(results)" 0
has summary "### tightlip: No secrets found"
has summary "Scanned 1 of 1 file"

name="a secret"
echo "$header" >request.http
action
is "exit code" "$code" 1
is "output exit-code" "$(output exit-code)" 1
is "number of results" "$(results)" 1
has log "::error file=request.http,line=1"
has summary "### tightlip: 1 finding"
has summary "authorization-bearer"

name="a secret, and fail: false"
action ACTION_FAIL=false
is "exit code" "$code" 0
is "output exit-code" "$(output exit-code)" 1
has log "::error file=request.http,line=1"

name="a secret, and the report uploaded or not"
action ACTION_FAIL=unless-uploaded ACTION_UPLOAD=true UPLOAD_OUTCOME=success
is "exit code" "$code" 0
is "output upload" "$(output upload)" true
action ACTION_FAIL=unless-uploaded ACTION_UPLOAD=true UPLOAD_OUTCOME=failure
is "exit code" "$code" 1
has log "::warning title=tightlip::The SARIF report was not uploaded"
action ACTION_FAIL=unless-uploaded
is "exit code" "$code" 1
is "output upload" "$(output upload)" false
lacks log "not uploaded"
action ACTION_UPLOAD=true UPLOAD_OUTCOME=success
is "exit code" "$code" 1

name="a scan that said nothing is none"
for said in "" 2 7 x; do
    : >"$room/log"
    code=0
    env -i PATH=/usr/bin:/bin ACTION_FAIL=false SCAN_EXIT_CODE="$said" \
        bash "$here/action/verdict.sh" >"$room/log" 2>&1 || code=$?
    is "exit code after \"$said\"" "$code" 2
done

name="options and paths, one a line"
action ACTION_ARGS=$'--exclude=*.http\n' ACTION_PATHS=$'hello.py\n.\n'
is "exit code" "$code" 0
action ACTION_PATHS="hello.py"
is "exit code" "$code" 0

name="a path that looks like an option"
action ACTION_PATHS=$'--exit-zero\n.'
is "exit code" "$code" 2

name="a place for SARIF, and no summary"
action ACTION_SARIF=reports/scan.sarif ACTION_SUMMARY=false
is "exit code" "$code" 1
is "output sarif-file" "$(output sarif-file)" "$PWD/reports/scan.sarif"
is "size of the summary" "$(wc -c <"$room/summary")" 0
rm -r reports

name="a binary of one's own"
action ACTION_BINARY="$program"
is "exit code" "$code" 1
action ACTION_BINARY="$room/none"
is "exit code" "$code" 2
has log "The input binary names no program"

name="a scan that is not complete"
echo 'exlude = []' >.tightlip.toml
action ACTION_FAIL=false
is "exit code" "$code" 2
is "output exit-code" "$(output exit-code)" 2
is "output sarif-file" "$(output sarif-file)" ""
has summary "not everything was scanned"
has summary "unknown field"
rm .tightlip.toml

name="errors stay in their fence"
action ACTION_PATHS=$'````\nmissing'
is "exit code" "$code" 2
is "the fence" "$(sed -n 2p "$room/summary")" '`````'
is "lines that are the fence" "$(grep -cx '`````' "$room/summary")" 2

name="wrong inputs"
for wrong in ACTION_FAIL=no ACTION_SUMMARY=$'true\n::error::pwn' ACTION_PATHS= ACTION_PATHS=$'\n\n' \
    ACTION_SCAN=commit ACTION_UPLOAD=1 ACTION_PATHS=- ACTION_SARIF=$'a\nexit-code=0' ACTION_SARIF=. ACTION_PATHS=missing; do
    action "$wrong"
    is "exit code with $wrong" "$code" 2
    lacks log '^ *::error::pwn'
    lacks output '^exit-code=0'
done

name="inputs that would like to be programs"
for field in ACTION_PATHS ACTION_ARGS ACTION_SARIF ACTION_BINARY ACTION_FAIL ACTION_SCAN ACTION_UPLOAD; do
    for text in "\$(touch $room/pwned)" "\`touch $room/pwned\`" "x; touch $room/pwned" \
        "\"; touch $room/pwned; \"" $'x\n::error::pwn' $'--min-confidence=x\r::error::pwn' \
        $'--exclude=[\n::stop-commands::x' '##[error]pwn'; do
        action "$field=$text"
        lacks log '^[[:space:]]*::error::pwn'
        lacks log '^[[:space:]]*::stop-commands'
        lacks log '##\[error\]pwn'
        [ ! -e "$room/pwned" ] || fails "$field=$text was run"
        find . -mindepth 1 -maxdepth 1 ! -name .git ! -name hello.py ! -name request.http -exec rm -r {} +
    done
done

name="file names that would like to be commands"
hostile=($'a\n::error::pwn' '::error::pwn' '##[error]pwn' '```' $'c\r::error::pwn' '<img src=x>' '--exclude=b')
for file in "${hostile[@]}"; do
    echo "$header" >"./$file"
done
echo "$header" >$'d\033[31m'
action
is "exit code" "$code" 1
is "number of results" "$(results)" 9
for where in log summary; do
    lacks $where '^[[:space:]]*::error::pwn'
    lacks $where $'\r'
    lacks $where $'\033'
done
lacks log '##\[error\]pwn'
is "rows of the summary" "$(grep -c '^| 🔴' "$room/summary")" 9
rm -f -- "${hostile[@]}" $'d\033[31m'

name="more findings than a summary holds"
for n in $(seq 5000); do
    echo "Authorization: Bearer $(printf 'token %s' "$n" | sha256sum | cut -c 1-40)"
done >many.http
action
is "exit code" "$code" 1
[ "$(wc -c <"$room/summary")" -lt 1048576 ] || fails "the summary is larger than 1 MiB"
has summary "5,001 findings"
has summary "findings more, none worse"
has log "held back"
rm many.http

name="no tightlip and no cargo"
rm "$room/bin/tightlip"
action
is "exit code" "$code" 2
has log "There is no tightlip on PATH"

name="built by cargo, in the action's own directory"
mkdir "$room/cargo"
cat >"$room/cargo/cargo" <<'EOF'
#!/bin/sh
pwd >"$RUNNER_TEMP/built-in"
while [ "$1" != --root ]; do shift; done
mkdir -p "$2/bin" && ln -s "$PROGRAM" "$2/bin/tightlip"
EOF
chmod +x "$room/cargo/cargo"
action PATH="$room/cargo:/usr/bin:/bin" PROGRAM="$program"
is "exit code" "$code" 1
is "directory of the build" "$(cat "$room/temp/built-in")" "$here"
is "what later steps find" "$(cat "$room/path")" "$room/temp/tightlip-bin/bin"
action PATH="$room/cargo:/usr/bin:/bin" PROGRAM=
is "exit code" "$code" 2
has log "tightlip could not be built"

name="action.yml expands nothing in shell text"
: >"$room/log"
if grep -nE 'run:.*\$\{\{' "$here/action.yml" >"$room/log"; then
    fails "an expression stands in a run line"
fi
while read -r input; do
    grep -qE "^ +ACTION_[A-Z]+: \\$\{\{ inputs\.$input \}\}$" "$here/action.yml" ||
        fails "input $input does not reach the script by the environment"
done < <(sed -n '/^inputs:/,/^outputs:/s/^  \([a-z-]*\):$/\1/p' "$here/action.yml")

if [ "$failures" -gt 0 ]; then
    echo "tests/action.sh: $failures failed"
    exit 1
fi
echo "tests/action.sh: all passed"
