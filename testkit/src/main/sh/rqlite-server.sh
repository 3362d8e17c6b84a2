#!/bin/sh
# Provides the rqlited that tests start, as .mayfly/tools/rqlited: rqlite-server.sh [repository]
# A link to the one named by MAYFLY_RQLITED or found on PATH, else one built by a Go toolchain and a C compiler, which
# takes some minutes, once. Never fails: tests say what lacks.
set -u
wanted=8.43.4

take() { # program: a link to it among the tools
    [ -x "$1" ] && [ ! -d "$1" ] || return 1
    case $1 in /*) program=$1 ;; *) program=$PWD/$1 ;; esac
    [ "$program" = "$tools/rqlited" ] || ln -sfn "$program" "$tools/rqlited"
}

build() {
    command -v go >/dev/null 2>&1 && command -v gcc >/dev/null 2>&1 || return 1
    echo "verify: building rqlited $wanted, which takes some minutes"
    # In the module's own folder, because its go.mod replaces modules, which counts for a main module only. Built aside
    # and moved: a build that is cut off leaves no half of a program.
    (
        export GOFLAGS=-mod=readonly GOTOOLCHAIN=local CGO_ENABLED=1
        source=$(GOFLAGS=-mod=mod timeout 120 go mod download -json "github.com/rqlite/rqlite/v8@v$wanted" |
            sed -n 's/^[[:space:]]*"Dir": "\(.*\)",*$/\1/p') &&
            [ -d "$source" ] && cd "$source" &&
            timeout 900 go build -o "$tools/rqlited.new" ./cmd/rqlited
    ) </dev/null >>"$log" 2>&1 && mv -f "$tools/rqlited.new" "$tools/rqlited" ||
        echo "verify: could not build rqlited, see $log; what needs it will say so"
    rm -f "$tools/rqlited.new"
}

tools=$(cd "${1:-.}" && pwd)/.mayfly/tools || exit 0
log=$tools/rqlite-server.log
mkdir -p "$tools" && : >"$log" || exit 0

for named in "${MAYFLY_RQLITED:-}" "$(command -v rqlited 2>/dev/null)"; do
    [ -n "$named" ] && take "$named" && exit 0
done
[ -x "$tools/rqlited" ] || build
exit 0
