#!/bin/sh
# build.sh CC OUT: compiles mayfly-holder, unless OUT is newer than its source. Without a compiler or a static C library it
# says so, leaves no binary and succeeds: views are then served without a holder, and end with their server.
set -eu
cc=${1:?usage: build.sh CC OUT}
out=${2:?usage: build.sh CC OUT}
here=$(cd "$(dirname "$0")" && pwd)
if [ -x "$out" ] && [ -z "$(find "$here" -type f -newer "$out" | head -n 1)" ]; then
    exit 0
fi
rm -f "$out"
mkdir -p "$(dirname "$out")"
log=$out.log
if ! command -v "$cc" >/dev/null 2>&1; then
    echo "mayfly-holder not built: no C compiler '$cc' (fix: install gcc, e.g. apt-get install gcc libc6-dev)"
    exit 0
fi
printf '#include <stdio.h>\n#include <linux/fuse.h>\nint main(void) { return puts("") < 0; }\n' >"$out.probe.c"
if ! "$cc" -static -o "$out.probe" "$out.probe.c" >"$log" 2>&1; then
    echo "mayfly-holder not built: '$cc' cannot link a static program with Linux headers" \
        "(fix: install libc6-dev and linux-libc-dev): $(tail -n 1 "$log")"
    exit 0
fi
rm -f "$out.probe" "$out.probe.c" "$log"
"$cc" -std=gnu11 -O2 -static -Wall -Wextra -Werror -fstack-protector-strong -o "$out.tmp" "$here/holder.c"
mv "$out.tmp" "$out"
