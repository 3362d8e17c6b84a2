#!/bin/sh
# Lays out the program in $TARGET/mayfly from the jars that $TARGET/jars lists and the files of the repository.
# In: ROOT repository, TARGET build folder, VERSION, STARTED when this build began (UTC, as touch -t takes it), JDK.
# The new tree is made beside the old one and renamed, so that whoever starts the program finds a whole one.
set -eu

new=$TARGET/mayfly.new
rm -rf "$new"
mkdir -p "$new/bin" "$new/lib/s3" "$new/lib/ssh" "$new/libexec" "$new/aot"

cp -p "$ROOT/mayfly" "$new/bin/mayfly"
cp -p "$ROOT/dist/src/main/sh/find-jdk.sh" "$new/libexec/"
cp -p "$ROOT/LICENSE" "$new/"
[ ! -f "$ROOT/README.md" ] || cp -p "$ROOT/README.md" "$new/"
for folder in policies schemas samples; do
    [ ! -d "$ROOT/$folder" ] || cp -Rp "$ROOT/$folder" "$new/$folder"
done

# The list ends without a line end, and read answers false for its last jar although it has read it.
tr ':' '\n' <"$TARGET/jars" | while IFS= read -r file || [ -n "$file" ]; do
    case $file in
        # Thirty jars that only a repository in an object store wants; see s3_path.
        */software/amazon/*.jar|*/org/reactivestreams/*.jar|*/org/slf4j/*.jar) cp -p "$file" "$new/lib/s3/" ;;
        # What only agents of a fleet want, and SLF4J with it; see ssh_path.
        */org/apache/sshd/*.jar) cp -p "$file" "$new/lib/ssh/" ;;
        # A room that Maven has not packed yet would be a folder of classes here.
        *.jar) cp -p "$file" "$new/lib/" ;;
        *) echo "not a jar: $file" >&2; exit 1 ;;
    esac
done

native=$ROOT/platform/target/native/mayfly-launcher
if [ -x "$native" ]; then
    cp -p "$native" "$new/libexec/mayfly-launcher"
else
    echo "mayfly: no sandbox launcher was built (no C compiler?); 'mayfly doctor' says what that means"
fi
if [ -x "$ROOT/platform/target/native/mayfly-enter" ]; then
    cp -p "$ROOT/platform/target/native/mayfly-enter" "$new/libexec/mayfly-enter"
fi

# Without it views of environments end with their server.
holder=$ROOT/env/target/native/mayfly-holder
[ ! -x "$holder" ] || cp -p "$holder" "$new/libexec/mayfly-holder"

# Without it a fleet makes no slots.
slot=$ROOT/fleet/target/native/mayfly-slot
[ ! -x "$slot" ] || cp -p "$slot" "$new/libexec/mayfly-slot"

# SQLite's native library, taken out of its jar once instead of at each start.
case $(uname -s)-$(uname -m) in
    Linux-x86_64) sqlite=Linux/x86_64/libsqlitejdbc.so ;;
    Linux-aarch64) sqlite=Linux/aarch64/libsqlitejdbc.so ;;
    Darwin-x86_64) sqlite=Mac/x86_64/libsqlitejdbc.dylib ;;
    Darwin-arm64) sqlite=Mac/aarch64/libsqlitejdbc.dylib ;;
    *) sqlite= ;;
esac
sqlite_jar=$(find "$new/lib" -name 'sqlite-jdbc-*.jar' | head -n 1)
sqlite_name=
if [ -n "$sqlite" ] && [ -n "$sqlite_jar" ]; then
    mkdir -p "$TARGET/sqlite"
    if (cd "$TARGET/sqlite" && "$JDK/bin/jar" --extract --file "$sqlite_jar" "org/sqlite/native/$sqlite") \
        && [ -f "$TARGET/sqlite/org/sqlite/native/$sqlite" ]; then
        sqlite_name=${sqlite##*/}
        mv "$TARGET/sqlite/org/sqlite/native/$sqlite" "$new/libexec/$sqlite_name"
    fi
    rm -rf "$TARGET/sqlite"
fi

# Class paths; the order must stay as the caches were trained with. Classes come from a cache, but whoever reads a
# resource opens all jars up to the one that has it, a millisecond each: those that are read from at a start come first.
jar() { # artifact
    printf '$dist/lib/%s-%s.jar' "$1" "$VERSION"
}
cli_path=$(jar mayfly-cli):$(jar mayfly-base):$(jar mayfly-picocli)
app_path=$(jar mayfly-sandbox)
[ -z "$sqlite_jar" ] || app_path=$app_path:\$dist/lib/${sqlite_jar##*/}
app_path=$app_path:$cli_path
for file in $(cd "$new/lib" && LC_ALL=C ls); do
    case $file in
        mayfly-sandbox-*|sqlite-jdbc-*|mayfly-cli-*|mayfly-base-*|mayfly-picocli-*) ;;
        *.jar) app_path=$app_path:\$dist/lib/$file ;;
    esac
done
# Put behind the others where it is wanted: a cache is accepted with further jars behind those it was made with.
s3_path=
for file in $(cd "$new/lib/s3" && LC_ALL=C ls); do
    s3_path=$s3_path:\$dist/lib/s3/$file
done
ssh_path=
for file in $(cd "$new/lib/ssh" && LC_ALL=C ls); do
    ssh_path=$ssh_path:\$dist/lib/ssh/$file
done
for file in $(cd "$new/lib/s3" && LC_ALL=C ls); do
    case $file in slf4j-*) ssh_path=$ssh_path:\$dist/lib/s3/$file ;; esac
done
# The class that answers calls in the client's own process, from its place among the services of its jar.
services=META-INF/services/dev.mayfly.base.program.LocalProgram
mkdir -p "$TARGET/services"
(cd "$TARGET/services" && "$JDK/bin/jar" --extract --file "$new/lib/mayfly-app-$VERSION.jar" "$services")
program=
read -r program <"$TARGET/services/$services" || [ -n "$program" ]
rm -rf "$TARGET/services"
cat >"$new/libexec/launch.conf" <<END
# Read by bin/mayfly; made by the build.
version='$VERSION'
trained='$JDK'
cli_path="$cli_path"
app_path="$app_path"
s3_path="$s3_path"
ssh_path="$ssh_path"
sqlite_name='$sqlite_name'
program='$program'
END

TZ=UTC0 touch -t "$STARTED" "$new/built"

rm -rf "$TARGET/mayfly.old"
[ ! -e "$TARGET/mayfly" ] || mv "$TARGET/mayfly" "$TARGET/mayfly.old"
mv "$new" "$TARGET/mayfly"
rm -rf "$TARGET/mayfly.old"

# In the place where it stays: a cache remembers the paths of its jars, and each start looks for each of them, as often as
# a jar has classes when it is not there.
sh "$ROOT/dist/src/main/sh/train.sh" "$TARGET/mayfly" "$JDK" "$TARGET/training" || true
