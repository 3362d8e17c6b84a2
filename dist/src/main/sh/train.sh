#!/bin/sh
# Makes the start-up caches (JEP 483, JEP 515) of a laid-out program: train.sh DIST JDK WORK
# A cache that cannot be made is a warning: the program starts without it, only slower.
set -u

dist=$1
JDK=$2
work=$3
rm -rf "$work"
mkdir -p "$work" "$dist/aot"
# Runs as a user would who has nothing set.
unset MAYFLY_HOME MAYFLY_SERVICE MAYFLY_JAVA_OPTS JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS

warn() {
    echo "mayfly: warning: $*; starting will be slower (see $work)"
}

. "$dist/libexec/launch.conf"
home=$work/home
request=$work/request.json
printf '{"cmd":"echo hi"}\n' >"$request"

# A cache is only accepted under the flags it was made with: these are those of bin/mayfly.
common="-XX:+UseSerialGC -XX:-UsePerfData -Xlog:disable -Dmayfly.version=$version"
native="--enable-native-access=ALL-UNNAMED"
launcher=
[ ! -x "$dist/libexec/mayfly-launcher" ] || launcher=$dist/libexec/mayfly-launcher
oneshot="-Dmayfly.program=$program -Djava.locale.providers=FALLBACK"

apart= # what the command is started by
train() { # name, class path, flags, main class, its arguments...
    name=$1
    path=$2
    flags=$3
    shift 3
    # $common and $flags are lists of words. How the command ends does not matter: a machine without a sandbox still has
    # classes to load.
    $apart "$JDK/bin/java" -XX:AOTCacheOutput="$work/$name.aot" -XX:TieredStopAtLevel=1 $common $flags \
        -Dmayfly.dist="$dist" ${launcher:+"-Dmayfly.launcher=$launcher"} \
        -Dorg.sqlite.lib.path="$dist/libexec" -Dorg.sqlite.lib.name="$sqlite_name" \
        -cp "$path" "$@" >"$work/$name.log" 2>&1
    if [ -s "$work/$name.aot" ]; then
        mv "$work/$name.aot" "$dist/aot/$name.aot"
    else
        warn "the $name start-up cache could not be made"
        return 1
    fi
}

train app "$app_path" "$native" dev.mayfly.cli.Rehearsal \
    "--home $home exec -f $request" "--home $home job ls" "--home $home doctor" || exit 1

# The most frequent command without a service has a cache with nothing else in it, made by that very command on a home
# that has been used before.
train exec "$app_path" "$native $oneshot" dev.mayfly.cli.Main --home "$home" exec -f "$request"

# Everything in a cache is loaded at every start, so environments have one of their own. What is mounted for it stays in a
# namespace that ends with the rehearsal.
mkdir -p "$work/files" "$work/at"
echo hi >"$work/files/hi"
enter=
[ ! -x "$dist/libexec/mayfly-enter" ] || enter=-Dmayfly.enter=$dist/libexec/mayfly-enter
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
    apart="unshare -m"
fi
train env "$app_path" "$native $enter" dev.mayfly.cli.Rehearsal \
    "--home $home env init" "--home $home env commit layer --path $work/files --tag rehearsal/files" \
    "--home $home env tags" "--home $home env info rehearsal/files" \
    "--home $home env run --at $work/at rehearsal/files -- true"
apart=

# The slim profile is trained against a real service.
"$JDK/bin/java" $common $native -XX:AOTCache="$dist/aot/app.aot" -Dmayfly.dist="$dist" \
    -Dorg.sqlite.lib.path="$dist/libexec" -Dorg.sqlite.lib.name="$sqlite_name" \
    -cp "$app_path" dev.mayfly.cli.Main --home "$home" up </dev/null >"$work/up.log" 2>&1 &
service=$!
trap 'kill "$service" 2>/dev/null; wait "$service" 2>/dev/null' EXIT
tries=0
while [ ! -S "$home/run/mayfly.sock" ] && [ "$tries" -lt 100 ] && kill -0 "$service" 2>/dev/null; do
    tries=$((tries + 1))
    sleep 0.1 2>/dev/null || sleep 1
done
# Everything that is rehearsed is loaded at every start, so help and mistakes are not.
train cli "$cli_path" "" dev.mayfly.cli.Rehearsal "--version" "--home $home exec -f $request" "--home $home job ls"
