#!/bin/sh
# build.sh CC OUT [--asan]: compiles the program whose sources lie here, or in the folder $SOURCES. Without a compiler or a
# static C library it says so, leaves no binary and succeeds: Mayfly then reports what needs the program as unavailable
# instead of failing to build.
set -eu
cc=${1:?usage: build.sh CC OUT [--asan]}
out=${2:?usage: build.sh CC OUT [--asan]}
here=${SOURCES:-$(cd "$(dirname "$0")" && pwd)}
name=$(basename "$out")
rm -f "$out"
if ! command -v "$cc" >/dev/null 2>&1; then
    echo "$name not built: no C compiler '$cc' (fix: install gcc, e.g. apt-get install gcc libc6-dev)"
    exit 0
fi
link="-O2 -static"
if [ "${3:-}" = --asan ]; then
    link="-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all"
fi
probe=$(mktemp -d)
trap 'rm -rf "$probe"' EXIT
printf '#include <stdio.h>\n#include <linux/openat2.h>\nint main(void) { return puts("") < 0; }\n' >"$probe/probe.c"
# shellcheck disable=SC2086
if ! "$cc" $link -o "$probe/probe" "$probe/probe.c" >"$probe/log" 2>&1; then
    echo "$name not built: '$cc' cannot link a static program with Linux headers" \
        "(fix: install libc6-dev and linux-libc-dev): $(tail -n 1 "$probe/log")"
    exit 0
fi
mkdir -p "$(dirname "$out")"
# shellcheck disable=SC2086
"$cc" -std=gnu11 $link -Wall -Wextra -Werror -fno-strict-aliasing -fstack-protector-strong -o "$out.tmp" "$here"/*.c
mv "$out.tmp" "$out"
