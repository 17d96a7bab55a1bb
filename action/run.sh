#!/usr/bin/env bash
# The first step of action.yml: gets a tightlip, finds out what the event
# brings, scans it, and turns that into annotations (standard output), a job
# summary and a SARIF file. Ends with 0 also when secrets were found: the last
# step, verdict.sh, has the last word.
#
# Everything arrives in variables: inputs as ACTION_*, the event as EVENT_*,
# the runner's own places as GITHUB_* and RUNNER_TEMP. Works with the bash 3.2
# of macOS, and outside of GitHub, which is how tests/action.sh tries it.
set -euo pipefail

# GitHub takes 1 MiB a step and drops the whole summary beyond that; the
# Markdown report is far shorter, but errors may be long.
readonly SUMMARY_MOST=900000
readonly OWN_WORD="This change accepts these secrets itself, and that does not count for it. Bring the entry in a change of its own before this one, let somebody merge who may, or give the action the input policy: checkout."

# shellcheck source=action/range.sh
. "$(dirname "$0")/range.sh"

main() {
    temp=${RUNNER_TEMP:-${TMPDIR:-/tmp}}
    work=$(mktemp -d "$temp/tightlip.XXXXXX")
    trap clean_up EXIT
    read_inputs
    range=
    trusted=
    if [ "$what" = changes ]; then
        find_range
    elif [ "$policy" = base ]; then
        find_trusted
    fi
    if [ "$policy" = checkout ] || args_have --config-from --isolated; then
        trusted=
    fi
    find_tightlip
    : >"$work/said"
    code=0
    if [ -n "$range" ]; then
        scan_commits
    fi
    scan_files
    [ "$summary" = false ] || summarise
    output exit-code "$code"
    output range "$range"
    if [ -e "$sarif" ]; then
        output sarif-file "$sarif"
        output upload "$(may_upload)"
    fi
    ended=yes
    [ "$code" != 2 ] || exit 2
}

# A command of this script that failed says nothing of secrets: not exit code 1.
# shellcheck disable=SC2329 # the trap calls it
clean_up() {
    rm -rf "$work"
    [ -n "${ended:-}" ] || exit 2
}

# A wrong call ends here. The words are ours alone: what an input holds is
# never printed, because a line that begins with :: is a command to the runner.
stop() {
    echo "::error title=tightlip::$1"
    output exit-code 2
    exit 2
}

output() {
    if [ -n "${GITHUB_OUTPUT:-}" ]; then
        echo "$1=$2" >>"$GITHUB_OUTPUT"
    fi
}

read_inputs() {
    what=$(one_of scan "${ACTION_SCAN:-changes}" changes files) || stop "$what"
    summary=$(one_of summary "${ACTION_SUMMARY:-true}" true false) || stop "$summary"
    upload=$(one_of upload "${ACTION_UPLOAD:-false}" true false) || stop "$upload"
    policy=$(one_of policy "${ACTION_POLICY:-base}" base checkout) || stop "$policy"
    fail=$(one_of fail "${ACTION_FAIL:-true}" true false unless-uploaded) || stop "$fail"
    sarif=${ACTION_SARIF:-$temp/tightlip.sarif}
    case $sarif in
        *[[:cntrl:]]*) stop "The input sarif is no file name: it holds control characters." ;;
        /* | [A-Za-z]:*) ;;
        *) sarif=$PWD/$sarif ;;
    esac
    [ ! -d "$sarif" ] || stop "The input sarif is a directory; name a file in it."
    paths=()
    args=()
    local line
    while IFS= read -r line || [ -n "$line" ]; do
        line=${line%$'\r'}
        [ "$line" != - ] || stop "The input paths says -, but there is no standard input to scan."
        [ -z "$line" ] || paths+=("$line")
    done <<<"${ACTION_PATHS-.}"
    while IFS= read -r line || [ -n "$line" ]; do
        line=${line%$'\r'}
        [ -z "$line" ] || args+=("$line")
    done <<<"${ACTION_ARGS:-}"
    # Nothing to scan is no clean scan: an expression that came out empty
    # must not pass.
    [ ${#paths[@]} -gt 0 ] || stop "The input paths is empty. Leave it out to scan everything."
}

# Whether one of the caller's own options begins with one of these words.
args_have() {
    local arg word
    for arg in ${args[@]+"${args[@]}"}; do
        for word in "$@"; do
            case $arg in
                "$word"*) return 0 ;;
            esac
        done
    done
    return 1
}

# one_of INPUT VALUE WORD...
one_of() {
    local input=$1 value=$2 word
    shift 2
    for word in "$@"; do
        [ "$value" != "$word" ] || {
            echo "$word"
            return 0
        }
    done
    echo "The input $input is none of: $*."
    return 1
}

find_tightlip() {
    if [ -n "${ACTION_BINARY:-}" ]; then
        tightlip=$ACTION_BINARY
        [ -f "$tightlip" ] && [ -x "$tightlip" ] || stop "The input binary names no program."
    elif ! tightlip=$(command -v tightlip); then
        build
    fi
}

# Builds in the action's own directory: the scanned one may hold a toolchain
# file, and a scan runs nothing that a repository names.
build() {
    command -v cargo >/dev/null ||
        stop "There is no tightlip on PATH, and no cargo to build it with. Install Rust in a step before, or give the input binary."
    local root=$temp/tightlip-bin
    echo "::group::Building tightlip"
    (
        cd "$ACTION_PATH"
        CARGO_TARGET_DIR=$temp/tightlip-build \
            cargo install --locked --path . --root "$root" --bin tightlip
    ) || {
        echo "::endgroup::"
        stop "tightlip could not be built; the log above says why."
    }
    echo "::endgroup::"
    rm -rf "$temp/tightlip-build"
    tightlip=$root/bin/tightlip
    # A later step of this job need not build it again.
    [ -z "${GITHUB_PATH:-}" ] || echo "$root/bin" >>"$GITHUB_PATH"
}

# The commits decide: they are annotated, and they tell the summary. What a
# change itself says is accepted counts for the next one.
scan_commits() {
    local from=()
    if [ -n "$trusted" ]; then
        from=(--config-from "$trusted")
        args_have --no-inline-allow || from+=(--no-inline-allow)
    fi
    run commits --format github --report "markdown=$work/markdown" \
        ${from[@]+"${from[@]}"} ${args[@]+"${args[@]}"} -- "$range" || code=$?
    if [ "$code" = 1 ] && [ -n "$trusted" ] && ! args_have -o --output --report &&
        "$tightlip" commits --quiet ${args[@]+"${args[@]}"} -- "$range" </dev/null >/dev/null 2>&1; then
        # Else somebody would look for his mistake in an entry that is right.
        echo "$OWN_WORD" >>"$work/said"
        echo "::warning title=tightlip::$OWN_WORD"
    fi
}

# All files: what code scanning wants to know. Where commits have decided, what
# is old in the files is none of this change's business; that they could all be
# read is.
scan_files() {
    local from=()
    [ -z "$trusted" ] || from=(--config-from "$trusted")
    mkdir -p "$(dirname "$sarif")"
    # A report of an earlier run must not pass for one of this.
    rm -f "$sarif"
    local files=0
    if [ -n "$range" ]; then
        run scan --quiet --format sarif --output "$sarif" \
            ${from[@]+"${from[@]}"} ${args[@]+"${args[@]}"} -- "${paths[@]}" || files=$?
        [ "$files" -lt 2 ] || code=2
        return 0
    fi
    run scan --format github --report "sarif=$sarif" --report "markdown=$work/markdown" \
        ${from[@]+"${from[@]}"} ${args[@]+"${args[@]}"} -- "${paths[@]}" || code=$?
}

# Runs tightlip. Its errors quote what was asked for and what a configuration
# file says; with a mark in front, and none inside, the runner takes no line
# for a command.
run() {
    local result=0
    "$tightlip" "$@" </dev/null 2>"$work/errors" || result=$?
    LC_ALL=C tr -d '\000-\010\013-\037\177' <"$work/errors" |
        sed -e 's/##\[/# #[/g' -e 's/^/| /' >"$work/printable"
    cat "$work/printable" >&2
    cat "$work/printable" >>"$work/said"
    # What ended by a signal, or in no way it should, has scanned nothing.
    [ "$result" -lt 2 ] || result=2
    return "$result"
}

# Only a whole report, and only where the token may be able to: alerts on what
# was not scanned would be closed, and a fork's pull request has no permission.
may_upload() {
    if [ "$upload" = true ] && [ "$code" != 2 ] &&
        { [ -z "${EVENT_PULL_HEAD:-}" ] || [ "${EVENT_PULL_REPOSITORY:-}" = "${EVENT_REPOSITORY:-}" ]; }; then
        echo true
    else
        echo false
    fi
}

# The Markdown report, and in a fence that nothing in it can close what went
# wrong.
summarise() {
    [ -n "${GITHUB_STEP_SUMMARY:-}" ] || return 0
    if [ -s "$work/markdown" ]; then
        cat "$work/markdown" >>"$GITHUB_STEP_SUMMARY"
    fi
    [ -s "$work/said" ] || return 0
    local text=$work/said longest fence
    if [ "$(wc -c <"$text")" -gt "$SUMMARY_MOST" ]; then
        # Up to the last whole line.
        head -c "$SUMMARY_MOST" "$text" | sed '$d' >"$work/cut"
        printf '\n[cut here: the log has the rest]\n' >>"$work/cut"
        text=$work/cut
    fi
    longest=$({ grep -o '``*' "$text" || true; } | awk '{ if (length($0) > m) m = length($0) } END { print m + 0 }')
    fence='```'
    while [ ${#fence} -le "$longest" ]; do
        fence+='`'
    done
    {
        [ "$code" != 2 ] || echo "### tightlip: not everything was scanned"
        echo "$fence"
        cat "$text"
        echo "$fence"
    } >>"$GITHUB_STEP_SUMMARY"
}

main
