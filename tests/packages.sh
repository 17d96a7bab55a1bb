#!/usr/bin/env bash
# Installs the packages as their users do, into places made for it, and runs
# what they install:
#
#     tests/packages.sh wheel WHEEL PRE_COMMIT   the wheel, and the hook that uses it
#     tests/packages.sh npm PROGRAM              the npm packages around PROGRAM
#
# WHEEL is a .whl file, PRE_COMMIT the pre-commit program.
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
export HOME=$room/home GIT_CONFIG_NOSYSTEM=1
mkdir "$HOME"
git config --global user.name tests
git config --global user.email tests@example.invalid
git config --global init.defaultBranch main

# Made at run time, so that no file of ours holds anything like a secret.
token=$(printf 'a token for tests' | sha256sum | cut -c 1-40)
leak="Authorization: Bearer $token"

fails() {
    echo "tests/packages.sh: $1" >&2
    [ ! -e "$room/log" ] || sed 's/^/    /' "$room/log" >&2
    exit 1
}

# ends CODE COMMAND...: runs it, and it must end so.
ends() {
    local expected=$1 code=0
    shift
    "$@" >"$room/log" 2>&1 </dev/null || code=$?
    [ "$code" = "$expected" ] || fails "exit code $code, not $expected: $*"
}

says() {
    grep -qF -e "$1" "$room/log" || fails "the output lacks \"$1\""
}

# The three exit codes reach the caller.
try() {
    mkdir -p "$room/clean" "$room/dirty"
    echo hello >"$room/clean/a"
    echo "$leak" >"$room/dirty/a"
    ends 0 "$@" --version
    says "tightlip $(version)"
    ends 0 "$@" scan "$room/clean"
    says "Scanned 1 of 1 file"
    ends 1 "$@" scan "$room/dirty"
    ends 2 "$@" scan "$room/missing"
}

version() {
    sed -n 's/^version = "\(.*\)"$/\1/p' "$here/Cargo.toml" | head -n 1
}

# A PATH with the everyday programs on it, and no Rust.
without_rust() {
    local program place
    mkdir -p "$room/path"
    for program in git bash sh env python3 sed grep cat ls mkdir rm cp mv uname dirname basename ldd getconf cc gcc; do
        place=$(command -v "$program") && ln -sf "$place" "$room/path/$program"
    done
    echo "$room/path"
}

wheel() {
    local wheel=$1 pre_commit=$2 path
    python3 -m venv "$room/venv"
    ends 0 "$room/venv/bin/pip" install --no-index "$wheel"
    try "$room/venv/bin/tightlip"
    [ "$(find "$room/venv/lib" -name '*.py' -path '*tightlip*' | wc -l)" = 0 ] ||
        fails "the wheel holds Python code"

    # What pip may install from: this wheel, and what builds the root project.
    # No registry, so that it is our wheel and no other that is tried.
    mkdir "$room/links"
    cp "$wheel" "$room/links"
    "$room/venv/bin/pip" download --quiet --dest "$room/links" 'setuptools>=61' wheel
    path=$(without_rust)
    ! PATH=$path command -v cargo >/dev/null || fails "cargo is on the PATH without Rust"

    # The hooks' repository as it would be cloned: what git tracks of it.
    mkdir "$room/hooks" "$room/project"
    (cd "$here" && git ls-files -z -- .pre-commit-hooks.yaml pyproject.toml README.md Cargo.toml src/lib.rs |
        xargs -0 cp --parents -t "$room/hooks")
    git -C "$room/hooks" init --quiet
    git -C "$room/hooks" add -A
    git -C "$room/hooks" commit --quiet -m x

    cd "$room/project"
    git init --quiet
    cat >.pre-commit-config.yaml <<YAML
default_install_hook_types: [pre-commit, pre-merge-commit, pre-push]
repos:
  - repo: $room/hooks
    rev: $(git -C "$room/hooks" rev-parse HEAD)
    hooks:
      - id: tightlip
      - id: tightlip-pre-push
YAML
    git add -A
    hook=(env PATH="$path" PRE_COMMIT_HOME="$room/cache" PIP_NO_INDEX=1
        PIP_FIND_LINKS="$room/links" PIP_DISABLE_PIP_VERSION_CHECK=1)
    ends 0 "${hook[@]}" "$pre_commit" install --install-hooks
    ends 0 "${hook[@]}" git commit -m start
    echo "$leak" >a.http
    git add a.http
    ends 1 "${hook[@]}" git commit -m leak
    says "a.http:1:23"
    says "Commit stopped"
    # Past the one hook, into the other.
    git -c core.hooksPath=/dev/null commit --quiet -m leak
    git init --quiet --bare "$room/remote"
    git remote add origin "$room/remote"
    ends 1 "${hook[@]}" git push origin main
    says "a.http:1:23"
    echo "tests/packages.sh: the wheel and its hooks passed, with no Rust on PATH"
}

npm_packages() {
    local program=$1 platform
    platform=$(node -p 'process.platform + "-" + process.arch')
    node "$here/packages/npm/assemble.mjs" "$room/npm" "$platform=$program"
    mkdir "$room/packed" "$room/user"
    for place in "$room/npm/$platform" "$room/npm/tightlip"; do
        (cd "$place" && npm pack --silent --pack-destination "$room/packed" >/dev/null)
    done
    cd "$room/user"
    echo '{"private": true}' >package.json
    # Both from files: nothing is asked of the registry.
    ends 0 npm install --offline --no-audit --no-fund --ignore-scripts "$room/packed"/*.tgz
    try npx --no -- tightlip
    try ./node_modules/.bin/tightlip
    # Standard input and file names with blanks reach the program.
    echo "$leak" | ./node_modules/.bin/tightlip scan - >"$room/log" 2>&1 && fails "standard input is clean"
    says "-:1:23"
    rm -r "node_modules/@tightlip/$platform"
    ends 2 ./node_modules/.bin/tightlip scan .
    says "@tightlip/$platform is not installed"
    echo "tests/packages.sh: the npm packages passed"
}

case ${1:-} in
    wheel) wheel "$(realpath "$2")" "$(realpath -s "$3")" ;;
    npm) npm_packages "$(realpath "$2")" ;;
    *)
        sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
        exit 2
        ;;
esac
