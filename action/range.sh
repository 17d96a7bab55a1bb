# What an event brings: sourced by run.sh, which sets what the runner knows.
#
# find_range sets `range` to the commits that are to be scanned; it is empty for
# an event that brings no commits, and then the files are scanned. Both it and
# find_trusted, which is for those who scan files anyway, set `trusted` to the
# commit whose word on what is accepted counts: the one that the change goes
# onto. It is empty where there is none, and for a push to the default branch,
# because whoever may push there decides what is accepted.
#
# Where an answer would need commits that are not here, they are fetched; where
# they cannot be, the step ends with 2 and says what to set. What is not known
# is scanned too often rather than never.
# shellcheck shell=bash disable=SC2034,SC2154

readonly ZEROS=0000000000000000000000000000000000000000
readonly DEEPER="Give actions/checkout the input fetch-depth: 0."

# set by run.sh: EVENT_*, and the function stop

find_range() {
    range=
    trusted=
    brings_commits || return 0
    case $EVENT_NAME in
        merge_group) range_from "$(commit "${EVENT_MERGE_BASE:-}")" "the base of the merge group" ;;
        push) range_of_push ;;
        *) range_of_pull_request ;;
    esac
    is_push_to_default || [ "${range%%..*}" = "$ZEROS" ] || trusted=${range%%..*}
}

find_trusted() {
    trusted=
    brings_commits || return 0
    case $EVENT_NAME in
        merge_group) trusted=$(commit "${EVENT_MERGE_BASE:-}") ;;
        push)
            ! is_push_to_default || return 0
            trusted=$(commit "${EVENT_BEFORE:-}")
            if [ -z "$trusted" ] || { ! has "$trusted" && ! fetch_one "$trusted"; }; then
                # A new branch, or a past that was rewritten.
                fetch_one "refs/heads/${EVENT_DEFAULT_BRANCH:-}" ||
                    stop "The default branch, whose configuration and baseline count, cannot be fetched. $DEEPER Or give this action the input policy: checkout."
                trusted=$(git rev-parse FETCH_HEAD)
            fi
            ;;
        *) trusted=$(base_of_pull_request) ;;
    esac
    [ -n "$trusted" ] && { has "$trusted" || fetch_one "$trusted"; } ||
        stop "The commit that the change goes onto, whose configuration and baseline count, cannot be fetched. $DEEPER Or give this action the input policy: checkout."
}

brings_commits() {
    case ${EVENT_NAME:-} in
        pull_request | pull_request_target | merge_group | push) ;;
        # A schedule, a release or a hand that pressed the button: no change.
        *) return 1 ;;
    esac
    git rev-parse --quiet --verify 'HEAD^{commit}' >/dev/null 2>&1 ||
        stop "git finds no commit here. Run actions/checkout before this step; in a container, as the user who owns the checkout."
}

is_push_to_default() {
    [ "$EVENT_NAME" = push ] && [ "${EVENT_REF:-}" = "refs/heads/${EVENT_DEFAULT_BRANCH:-}" ]
}

# The tip that is checked out is what is scanned; what the event calls its head
# may be another commit (a pull request is checked out merged).
range_of_pull_request() {
    complete "the pull request"
    if [ "$EVENT_NAME" = pull_request_target ]; then
        # Checked out is the target's branch, unless the workflow says
        # otherwise: without the change there is nothing to say of it.
        git cat-file -e "${EVENT_PULL_HEAD:-none}^{commit}" 2>/dev/null &&
            git merge-base --is-ancestor "$EVENT_PULL_HEAD" HEAD 2>/dev/null ||
            stop "The pull request's own commits are not checked out. Run on pull_request; it needs no secrets."
    fi
    range_from "$(base_of_pull_request)" "the base of the pull request"
}

# Asks the commit itself for its parents: git shows none at the end of a
# shallow clone.
base_of_pull_request() {
    # shellcheck disable=SC2046 # words: the parents
    set -- $(git cat-file commit HEAD | sed -n -e '/^$/q' -e 's/^parent //p')
    if [ $# = 2 ] && [ "$2" = "${EVENT_PULL_HEAD:-}" ]; then
        # GitHub's merge: its first parent is the base as it is now.
        echo "$1"
    else
        commit "${EVENT_PULL_BASE:-}"
    fi
}

range_of_push() {
    local before
    complete "what was pushed"
    before=$(commit "${EVENT_BEFORE:-}")
    case ${EVENT_REF:-} in
        refs/tags/*) before= ;;
    esac
    if [ -n "$before" ] && ! has "$before"; then
        # Gone after a forced push, unless the server still gives it.
        fetch "$before" || before=
    fi
    if [ -n "$before" ]; then
        range_from "$before" "the commit before the push"
        return
    fi
    # A new branch, a tag, or a past that was rewritten: what the default
    # branch has not, else what no branch has.
    local base='' default=refs/remotes/origin/${EVENT_DEFAULT_BRANCH:-}
    if ! is_push_to_default && git rev-parse --quiet --verify "$default^{commit}" >/dev/null; then
        base=$(git merge-base "$default" HEAD) || base=
    fi
    # From zeros: what no other branch has.
    range=$ZEROS..HEAD
    [ -z "$base" ] || range=$base..HEAD
}

# range_from COMMIT WHAT
range_from() {
    [ -n "$1" ] || stop "The event names no commit for $2."
    complete "$2"
    has "$1" || fetch "$1" || stop "Not here, and not to be had: $2. $DEEPER"
    range=$1..HEAD
}

# A clone that was cut short: a commit at the cut looks like a first one, and
# the range would end there in silence.
complete() {
    [ "$(git rev-parse --is-shallow-repository)" = true ] || return 0
    if GIT_TERMINAL_PROMPT=0 git fetch --quiet --no-tags --no-recurse-submodules --unshallow origin \
        </dev/null 2>/dev/null &&
        [ "$(git rev-parse --is-shallow-repository)" = false ]; then
        return 0
    fi
    stop "The checkout is shallow, so $1 cannot be followed. $DEEPER"
}

has() {
    git cat-file -e "$1^{commit}" 2>/dev/null
}

fetch() {
    GIT_TERMINAL_PROMPT=0 git fetch --quiet --no-tags --no-recurse-submodules origin "$1" </dev/null 2>/dev/null &&
        has "$1"
}

# Into a shallow clone without its past, which nobody asks for where files are
# scanned; a whole one stays whole.
fetch_one() {
    local depth=()
    [ "$(git rev-parse --is-shallow-repository)" = false ] || depth=(--depth=1)
    GIT_TERMINAL_PROMPT=0 git fetch --quiet ${depth[@]+"${depth[@]}"} --no-tags --no-recurse-submodules origin "$1" \
        </dev/null 2>/dev/null && has FETCH_HEAD
}

# A commit's full id, or nothing: an event is data, and an id of zeros means
# that there was none.
commit() {
    case $1 in
        *[!0-9a-f]* | '') ;;
        *[1-9a-f]*) [ ${#1} != 40 ] && [ ${#1} != 64 ] || echo "$1" ;;
    esac
}
