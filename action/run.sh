#!/usr/bin/env bash
# The one step of action.yml: gets a tightlip, scans once, and turns that one
# scan into annotations (standard output), a SARIF file and a job summary.
#
# Everything arrives in variables: inputs as ACTION_*, the runner's own places
# as GITHUB_* and RUNNER_TEMP. Works with the bash 3.2 of macOS, and outside of
# GitHub, which is how tests/action.sh tries it.
set -euo pipefail

# GitHub takes 1 MiB a step and drops the whole summary beyond that.
readonly SUMMARY_MOST=900000

main() {
    temp=${RUNNER_TEMP:-${TMPDIR:-/tmp}}
    work=$(mktemp -d "$temp/tightlip.XXXXXX")
    trap clean_up EXIT
    read_inputs
    find_tightlip
    scan
    [ "$summary" = false ] || summarise
    output exit-code "$code"
    if [ -e "$sarif" ]; then
        output sarif-file "$sarif"
    fi
    ended=yes
    if [ "$code" = 1 ] && [ "$fail" = false ]; then
        exit 0
    fi
    exit "$code"
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
    summary=$(switch summary "${ACTION_SUMMARY:-true}") || stop "$summary"
    fail=$(switch fail "${ACTION_FAIL:-true}") || stop "$fail"
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

switch() {
    case $2 in
        true | false) echo "$2" ;;
        *)
            echo "The input $1 is neither true nor false."
            return 1
            ;;
    esac
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

scan() {
    mkdir -p "$(dirname "$sarif")"
    # A report of an earlier run must not pass for one of this.
    rm -f "$sarif"
    code=0
    "$tightlip" scan --format github --report "sarif=$sarif" --report "human=$work/human" \
        ${args[@]+"${args[@]}"} -- "${paths[@]}" </dev/null 2>"$work/errors" || code=$?
    # Errors quote what was asked for and what a configuration file says; with
    # a mark in front, and none inside, the runner takes no line for a command.
    LC_ALL=C tr -d '\000-\010\013-\037\177' <"$work/errors" |
        sed -e 's/##\[/# #[/g' -e 's/^/| /' >"$work/said"
    cat "$work/said" >&2
}

# The human report in a fence that nothing in it can close.
summarise() {
    [ -n "${GITHUB_STEP_SUMMARY:-}" ] || return 0
    local text=$work/human verdict longest fence
    case $code in
        0) verdict="no secrets found" ;;
        1) verdict="secrets found" ;;
        *) verdict="not everything was scanned" ;;
    esac
    [ -s "$text" ] || text=$work/said
    if [ "$(wc -c <"$text")" -gt "$SUMMARY_MOST" ]; then
        # Up to the last whole line.
        head -c "$SUMMARY_MOST" "$text" | sed '$d' >"$work/cut"
        printf '\n[cut here: the SARIF report has the rest]\n' >>"$work/cut"
        tail -n 1 "$text" >>"$work/cut"
        text=$work/cut
    fi
    longest=$({ grep -o '``*' "$text" || true; } | awk '{ if (length($0) > m) m = length($0) } END { print m + 0 }')
    fence='```'
    while [ ${#fence} -le "$longest" ]; do
        fence+='`'
    done
    {
        echo "### tightlip: $verdict"
        echo "$fence"
        cat "$text"
        echo "$fence"
    } >>"$GITHUB_STEP_SUMMARY"
}

main
