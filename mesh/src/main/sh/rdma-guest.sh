#!/bin/sh
# Tries the transport over RDMA cards with real ones, in a Linux guest: rdma-guest.sh [LOG]
#
# The guest has three cards in software (rdma_rxe), two of them on one cable and the third on a cable to a network namespace
# that has none. Probes go from card to card, from a socket to a card and back again, and the kernel's own calls that change
# queue pairs are traced. No privileges: QEMU without acceleration, all in one process, no network to the outside. What came of
# it is printed; everything that the guest said is in LOG. Ends with 0 when all was seen, 1 when something was not, 69 when
# this machine cannot (and says why).
#
# MAYFLY_PROGRAM: the laid-out program (dist/target/mayfly). MAYFLY_RDMA_TOOLS: where the guest's parts are kept.
set -eu

stop() { # what, why, fix
    printf 'not run here: %s: %s\nfix: %s\n' "$1" "$2" "$3" >&2
    exit 69
}

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
repository=$(CDPATH= cd -- "$here/../../../.." && pwd)
program=${MAYFLY_PROGRAM:-$repository/dist/target/mayfly}
tools=${MAYFLY_RDMA_TOOLS:-$repository/.mayfly/tools/rdma-guest}
log=${1:-$repository/mesh/target/rdma-guest.log}
patience=${MAYFLY_RDMA_SECONDS:-900}
packages="qemu-system-x86 busybox-static cpio kmod e2fsprogs iproute2 libibverbs1 ibverbs-providers rdma-core"

# --- what is needed --------------------------------------------------------------------------------------------------

PATH="$PATH:/sbin:/usr/sbin"
[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] ||
    stop "RDMA in a guest" "this is $(uname -s) on $(uname -m)" "run it on Linux on x86-64"
[ -d "$program/lib" ] || stop "RDMA in a guest" "there is no program at $program" "./mayfly --version"
missing=
for command in qemu-system-x86_64 busybox cpio depmod modprobe mkfs.ext4 dpkg-deb apt-get ip rdma; do
    command -v "$command" >/dev/null 2>&1 || missing="$missing $command"
done
providers=/usr/lib/x86_64-linux-gnu/libibverbs
rxe=$(ls "$providers"/librxe-rdmav*.so 2>/dev/null | head -n 1 || true)
[ -n "$rxe" ] || missing="$missing librxe"
[ -z "$missing" ] || stop "RDMA in a guest" "these are missing:$missing" "apt-get install $packages"
java=${JAVA_HOME:-}
if [ ! -x "$java/bin/java" ] || [ ! -e "$java/lib/modules" ]; then
    java=$(dirname "$(dirname "$(readlink -f "$(command -v java || echo /nowhere/bin/java)")")")
fi
[ -e "$java/lib/modules" ] || stop "RDMA in a guest" "there is no JDK" "set JAVA_HOME to a JDK of 25 or newer"

work=$(mktemp -d)
guest=
ended() {
    [ -z "$guest" ] || kill "$guest" 2>/dev/null || true
    rm -rf "$work"
}
trap ended EXIT
trap 'exit 1' INT TERM

# --- the kernel: one with rdma_rxe, which those for clouds do not have -----------------------------------------------

mkdir -p "$tools" "$(dirname "$log")"
image=$(apt-cache depends linux-image-amd64 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-.*\)/\1/p' | head -n 1)
if [ -z "$(ls "$tools"/linux-image-*.deb 2>/dev/null)" ]; then
    [ -n "$image" ] || stop "RDMA in a guest" "apt knows no package linux-image-amd64" "apt-get update"
    echo "fetching $image"
    (cd "$work" && apt-get -qq download "$image" >/dev/null 2>&1 && mv linux-image-*.deb "$tools/") ||
        stop "RDMA in a guest" "the package $image cannot be fetched" "apt-get update, then apt-get download $image"
fi
dpkg-deb -x "$(ls "$tools"/linux-image-*.deb | tail -n 1)" "$work/kernel"
kernel=$(ls "$work/kernel/boot" | sed -n 's/^vmlinuz-//p')
depmod -b "$work/kernel" "$kernel"

modules() { # in the order to load them
    for module in "$@"; do
        modprobe -d "$work/kernel" -S "$kernel" --show-depends "$module"
    done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++'
}

loader=$work/loader
mkdir -p "$loader/bin" "$loader/lib" "$loader/new" "$loader/dev"
cp "$(command -v busybox)" "$loader/bin/busybox"
modules virtio_pci virtio_blk virtio_rng crc32c_generic ext4 | while read -r file; do
    cp "$file" "$loader/lib/"
    basename "$file" >>"$loader/lib/order"
done
cat >"$loader/init" <<'END'
#!/bin/busybox sh
/bin/busybox mount -t devtmpfs dev /dev
while read -r module; do /bin/busybox insmod "/lib/$module"; done </lib/order
tries=100
until [ -b /dev/vda ] || [ "$tries" = 0 ]; do tries=$((tries - 1)); /bin/busybox sleep 0.1; done
/bin/busybox mount -t ext4 /dev/vda /new || /bin/busybox poweroff -f
/bin/busybox mount -o move /dev /new/dev
exec /bin/busybox switch_root /new /sbin/init
END
chmod 755 "$loader/init"
(cd "$loader" && find . | cpio --quiet -o -H newc) | gzip -1 >"$work/initrd"

# --- the root: busybox, tools of this machine with their libraries, a JDK, the program -------------------------------

root=$work/root
mkdir -p "$root/bin" "$root/sbin" "$root/dev" "$root/proc" "$root/sys" "$root/run" "$root/tmp" "$root/etc" "$root/lib" \
    "$root/modules" "$root/usr/lib" "$root/root" "$root/usr/bin"
cp "$(command -v busybox)" "$root/bin/busybox"
for applet in $(busybox --list); do
    case $applet in busybox | ip) ;; *) ln -s busybox "$root/bin/$applet" ;; esac
done
with_libraries() {
    ldd "$1" | grep -o '/[^ ]*' | sort -u | while read -r library; do
        mkdir -p "$root/$(dirname "$library")"
        [ -e "$root/$library" ] || cp -L "$library" "$root/$library"
    done
}
for tool in ip rdma; do
    cp -L "$(command -v $tool)" "$root/bin/$tool"
    with_libraries "$(command -v $tool)"
done
mkdir -p "$root$providers" "$root/etc/libibverbs.d"
cp -L "$rxe" "$root$providers/"
with_libraries "$rxe"
cp -L "$(dirname "$providers")/libibverbs.so.1" "$root$(dirname "$providers")/"
echo "driver rxe" >"$root/etc/libibverbs.d/rxe.driver"
cp -RL "$java" "$root/jdk"
rm -rf "$root/jdk/jmods" "$root/jdk/lib/src.zip" "$root/jdk/legal" "$root/jdk/man"
with_libraries "$java/bin/java"
find "$java/lib" -name 'lib*.so' | while read -r library; do with_libraries "$library"; done
for library in /lib/x86_64-linux-gnu/libnss_files.so.2; do [ ! -e "$library" ] || cp -L "$library" "$root$library"; done
mkdir "$root/mayfly"
cp -RL "$program/lib" "$root/mayfly/lib"
echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
echo 'root:x:0:' >"$root/etc/group"
echo '127.0.0.1 localhost guest' >"$root/etc/hosts"
# The checksum is asked for by its name, so no module says that it needs this one.
modules crc32_generic rdma_rxe ib_uverbs veth | while read -r file; do
    cp "$file" "$root/modules/"
    basename "$file" >>"$root/modules/order"
done
cp "$here/rdma-guest-trial.sh" "$root/sbin/trial"
cat >"$root/sbin/init" <<'END'
#!/bin/sh
export PATH=/bin:/sbin HOME=/root
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs run /run
mount -t tmpfs tmp /tmp
mkdir -p /dev/shm && mount -t tmpfs shm /dev/shm
mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
sh /sbin/trial
sync
poweroff -f
END
chmod 755 "$root/sbin/init" "$root/sbin/trial"
truncate -s 1500M "$work/root.img"
mkfs.ext4 -q -F -O ^has_journal -E lazy_itable_init=0 -L root -d "$root" "$work/root.img" >/dev/null

# --- the trial -------------------------------------------------------------------------------------------------------

echo "starting kernel $kernel in QEMU, at most $patience seconds; what it says is in $log"
: >"$log"
qemu-system-x86_64 -nodefaults -no-user-config -display none -M q35 -accel tcg,thread=multi -smp 2 -m 2048 \
    -no-reboot -kernel "$work/kernel/boot/vmlinuz-$kernel" -initrd "$work/initrd" -serial "file:$log" \
    -append "console=ttyS0 quiet net.ifnames=0 random.trust_cpu=on mitigations=off audit=0 panic=-1" \
    -drive "file=$work/root.img,format=raw,if=none,id=d0,cache=unsafe" -device virtio-blk-pci,drive=d0 \
    -device virtio-rng-pci >"$work/qemu.log" 2>&1 &
guest=$!
waited=0
while kill -0 "$guest" 2>/dev/null && [ "$waited" -lt "$patience" ]; do
    sleep 1
    waited=$((waited + 1))
done
if kill -0 "$guest" 2>/dev/null; then
    echo "the guest was still running after $patience seconds" >&2
    exit 1
fi
guest=
cat "$work/qemu.log" >>"$log"
tr -d '\r' <"$log" | grep -E '^(seen|missed|stage): ' || true
if tr -d '\r' <"$log" | grep -q '^trial: done$' && ! tr -d '\r' <"$log" | grep -q '^missed: '; then
    echo "all was seen; kernel $kernel, log $log"
else
    echo "not all was seen; see $log" >&2
    exit 1
fi
