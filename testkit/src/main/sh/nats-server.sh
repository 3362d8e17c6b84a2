#!/bin/sh
# Provides the nats-server that tests start, as .mayfly/tools/nats-server: nats-server.sh [repository]
# A link to the one named by MAYFLY_NATS_SERVER or found on PATH when it is new enough, else one built by a Go toolchain.
# The distribution's own package is only unpacked beside it, never installed, because installing starts a service; where
# it is too old, it is .mayfly/tools/nats-server-old, the server that must be refused. Never fails: tests say what lacks.
set -u
wanted=2.15.2

new_enough() { # program: true when it is a nats-server of 2.10 or newer; sets version, empty when it tells none
    version=$("$1" --version 2>/dev/null) || version=
    version=${version##*v}
    major=${version%%.*}
    minor=${version#*.}
    minor=${minor%%.*}
    case $version in *.*) ;; *) return 1 ;; esac
    case $major$minor in '' | *[!0-9]*) return 1 ;; esac
    [ "$major" -gt 2 ] || { [ "$major" -eq 2 ] && [ "$minor" -ge 10 ]; }
}

take() { # program, name: a link to it among the tools
    case $1 in /*) program=$1 ;; *) program=$PWD/$1 ;; esac
    [ "$program" = "$tools/$2" ] || ln -sfn "$program" "$tools/$2"
}

unpack() { # the distribution's package, into a folder of ours
    [ -x "$package/usr/sbin/nats-server" ] && return 0
    command -v apt-get >/dev/null 2>&1 && command -v dpkg-deb >/dev/null 2>&1 || return 1
    rm -rf "$package" && mkdir -p "$package" || return 1
    (cd "$package" && timeout 60 apt-get -qq -o Acquire::Retries=1 -o Acquire::http::Timeout=20 download nats-server &&
        dpkg-deb -x ./*.deb . && rm -f ./*.deb) </dev/null >>"$log" 2>&1
    [ -x "$package/usr/sbin/nats-server" ]
}

build() {
    command -v go >/dev/null 2>&1 || return 1
    echo "verify: building nats-server $wanted"
    # Built aside and moved: a build that is cut off leaves no half of a program. No cgo: it needs no C compiler.
    rm -rf "$tools/nats-server.new"
    GOBIN="$tools/nats-server.new" GOFLAGS=-mod=mod GOTOOLCHAIN=local CGO_ENABLED=0 \
        timeout 300 go install "github.com/nats-io/nats-server/v2@v$wanted" </dev/null >>"$log" 2>&1 &&
        mv -f "$tools/nats-server.new/nats-server" "$tools/nats-server" ||
        echo "verify: could not build nats-server, see $log; what needs it will say so"
    rm -rf "$tools/nats-server.new"
}

tools=$(cd "${1:-.}" && pwd)/.mayfly/tools || exit 0
package=$tools/nats-server.package
log=$tools/nats-server.log
mkdir -p "$tools" && : >"$log" || exit 0

for named in "${MAYFLY_NATS_SERVER:-}" "$(command -v nats-server 2>/dev/null)"; do
    [ -n "$named" ] || continue
    if new_enough "$named"; then take "$named" nats-server; break; fi
    [ -n "$version" ] && take "$named" nats-server-old
done
if unpack; then
    if ! new_enough "$package/usr/sbin/nats-server"; then
        take "$package/usr/sbin/nats-server" nats-server-old
    elif ! new_enough "$tools/nats-server"; then
        take "$package/usr/sbin/nats-server" nats-server
    fi
fi
new_enough "$tools/nats-server" || build
exit 0
