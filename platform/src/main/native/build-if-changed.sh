#!/bin/sh
# build-if-changed.sh CC OUT: as build.sh, unless OUT is newer than every source and was made by the same compiler.
# Sources lie here, or in the folder $SOURCES; what they include may lie in the folder $ALSO.
set -eu
cc=${1:?usage: build-if-changed.sh CC OUT}
out=${2:?usage: build-if-changed.sh CC OUT}
here=$(cd "$(dirname "$0")" && pwd)
if [ -x "$out" ] && [ "$(cat "$out.cc" 2>/dev/null)" = "$cc" ] \
    && [ -z "$(find "$here" ${SOURCES:+"$SOURCES"} ${ALSO:+"$ALSO"} -type f -newer "$out" | head -n 1)" ]; then
    exit 0
fi
SOURCES=${SOURCES:-} sh "$here/build.sh" "$cc" "$out"
if [ -x "$out" ]; then
    printf '%s\n' "$cc" >"$out.cc"
fi
