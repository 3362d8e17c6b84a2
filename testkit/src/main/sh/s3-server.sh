#!/bin/sh
# Provides the object store that tests start, in .mayfly/tools: s3-server.sh [repository]
# A link to the versitygw or gofakes3 named by MAYFLY_S3_SERVER or found on PATH, else a gofakes3 built by a Go toolchain,
# which takes less than half a minute; versitygw, which also checks who asks, takes several. Never fails: tests say what
# lacks.
set -u
wanted=1.2.0

take() { # program: a link to it among the tools, under the name that it must have
    [ -x "$1" ] && [ ! -d "$1" ] || return 1
    case ${1##*/} in versitygw | gofakes3) ;; *) return 1 ;; esac
    case $1 in /*) program=$1 ;; *) program=$PWD/$1 ;; esac
    [ "$program" = "$tools/${1##*/}" ] || ln -sfn "$program" "$tools/${1##*/}"
}

build() {
    command -v go >/dev/null 2>&1 || return 1
    echo "verify: building gofakes3 $wanted"
    # Built aside and moved: a build that is cut off leaves no half of a program. No cgo: it needs no C compiler.
    rm -rf "$tools/gofakes3.new"
    GOBIN="$tools/gofakes3.new" GOFLAGS=-mod=mod GOTOOLCHAIN=local CGO_ENABLED=0 \
        timeout 300 go install "github.com/johannesboyne/gofakes3/cmd/gofakes3@v$wanted" </dev/null >>"$log" 2>&1 &&
        mv -f "$tools/gofakes3.new/gofakes3" "$tools/gofakes3" ||
        echo "verify: could not build gofakes3, see $log; what needs an object store will say so"
    rm -rf "$tools/gofakes3.new"
}

tools=$(cd "${1:-.}" && pwd)/.mayfly/tools || exit 0
log=$tools/s3-server.log
mkdir -p "$tools" && : >"$log" || exit 0

for named in "${MAYFLY_S3_SERVER:-}" "$(command -v versitygw 2>/dev/null)" "$(command -v gofakes3 2>/dev/null)"; do
    [ -n "$named" ] && take "$named" && exit 0
done
[ -x "$tools/versitygw" ] || [ -x "$tools/gofakes3" ] || build
exit 0
