#!/bin/sh
# Provides the host of go-plugin that a test starts our plugin with, as .mayfly/tools/go-plugin-host:
# go-plugin-host.sh [repository]
# Built by a Go toolchain, once. Never fails: the test says what lacks.
set -u
root=$(cd "${1:-.}" && pwd) || exit 0
tools=$root/.mayfly/tools
source=$root/fleet/src/test/go/pluginhost
log=$tools/go-plugin-host.log
mkdir -p "$tools" && : >"$log" || exit 0
[ "$tools/go-plugin-host" -nt "$source/main.go" ] && exit 0
command -v go >/dev/null 2>&1 || exit 0
echo "verify: building a host of go-plugin"
# Built aside and moved: a build that is cut off leaves no half of a program. No cgo: it needs no C compiler.
(cd "$source" && GOTOOLCHAIN=local CGO_ENABLED=0 timeout 600 go build -o "$tools/go-plugin-host.new" .) \
    </dev/null >>"$log" 2>&1 &&
    mv -f "$tools/go-plugin-host.new" "$tools/go-plugin-host" ||
    echo "verify: could not build a host of go-plugin, see $log; what needs it will say so"
rm -f "$tools/go-plugin-host.new"
exit 0
