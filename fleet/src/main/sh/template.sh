#!/bin/sh
# Builds a small Linux template: template.sh FOLDER
#
# A kernel of Debian, a loader with the modules that it needs, and a root with busybox and an SSH server: enough to show a
# runner from clone to destruction. Real templates have the same three files. As root on Debian it installs the packages
# it needs; the kernel is only unpacked. Same packages, same bytes.
set -eu

stop() { # what, why, fix
    printf 'error: %s\nwhy: %s\nfix: %s\n' "$1" "$2" "$3" >&2
    exit 69
}

step() { echo "$*"; } # progress, for whoever watches

[ $# = 1 ] || stop "no template was built" "one folder must be named" "template.sh FOLDER"
out=$1
packages="busybox-static dropbear-bin cpio kmod e2fsprogs gcc libc6-dev"
agent=${MAYFLY_GUEST_SOURCE:-$(dirname "$0")/../native/guest.c}
[ -r "$agent" ] || stop "no template was built" "$agent cannot be read" "set MAYFLY_GUEST_SOURCE to guest.c of Mayfly"

# --- what is needed --------------------------------------------------------------------------------------------------

missing() {
    for command in busybox dropbear dropbearkey cpio depmod mkfs.ext4 dpkg-deb apt-get gcc; do
        PATH="$PATH:/sbin:/usr/sbin" command -v "$command" >/dev/null 2>&1 || echo "$command"
    done
}

step "looking for the commands that are needed"
if [ -n "$(missing)" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install $packages </dev/null >/dev/null 2>&1 ||
        { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install $packages; } \
            </dev/null >/dev/null 2>&1 || true
fi
[ -z "$(missing)" ] || stop "no template was built" "these commands are missing: $(missing | tr '\n' ' ')" \
    "apt-get install $packages"
PATH="$PATH:/sbin:/usr/sbin"
case $(uname -m) in
    x86_64) flavour=linux-image-cloud-amd64 ;;
    aarch64) flavour=linux-image-cloud-arm64 ;;
    *) stop "no template was built" "there is no kernel for $(uname -m)" "build it on x86-64 or arm64" ;;
esac

# Files get the time of the kernel package, so that the same packages give the same bytes.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

# --- the kernel ------------------------------------------------------------------------------------------------------

image=$(apt-cache depends "$flavour" 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-.*\)/\1/p' | head -n 1)
[ -n "$image" ] || stop "no template was built" "apt knows no package $flavour" "apt-get update"
step "fetching $image"
(cd "$work" && apt-get -qq download "$image") >/dev/null 2>&1 ||
    stop "no template was built" "the package $image cannot be fetched" "apt-get update, then apt-get download $image"
dpkg-deb -x "$work"/linux-image-*.deb "$work/kernel"
kernel=$(ls "$work/kernel/boot" | sed -n 's/^vmlinuz-//p')
SOURCE_DATE_EPOCH=$(stat -c %Y "$work/kernel/boot/vmlinuz-$kernel")
export SOURCE_DATE_EPOCH
depmod -b "$work/kernel" "$kernel"

# --- the loader: finds the disk and goes there -----------------------------------------------------------------------

step "making the loader"
loader=$work/loader
mkdir -p "$loader/bin" "$loader/lib" "$loader/new" "$loader/dev" "$loader/proc"
cp "$(command -v busybox)" "$loader/bin/busybox"
# EROFS is for environments that the host gives as further disks; a kernel without it does without them.
for module in virtio_pci virtio_blk virtio_net virtio_rng virtio_console crc32c_generic ext4 erofs; do
    modprobe -d "$work/kernel" -S "$kernel" --show-depends "$module" || [ "$module" = erofs ]
done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++' | while read -r file; do
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

# --- the root --------------------------------------------------------------------------------------------------------

step "making the root"
root=$work/root
mkdir -p "$root/bin" "$root/sbin" "$root/usr/bin" "$root/usr/sbin" "$root/etc/dropbear" "$root/root/.ssh" "$root/dev" \
    "$root/proc" "$root/sys" "$root/run" "$root/tmp" "$root/var"
cp "$(command -v busybox)" "$root/bin/busybox"
for applet in $(busybox --list); do
    [ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"
done
for program in dropbear dropbearkey; do
    cp "$(command -v "$program")" "$root/usr/sbin/$program"
    ldd "$(command -v "$program")" | grep -o '/[^ ]*' | sort -u | while read -r library; do
        mkdir -p "$root/$(dirname "$library")"
        cp -L "$library" "$root/$library"
    done
done
echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
echo 'root:x:0:' >"$root/etc/group"
echo /bin/sh >"$root/etc/shells"
echo 'nameserver 10.0.2.3' >"$root/etc/resolv.conf"
chmod 700 "$root/root" "$root/root/.ssh"
chmod 1777 "$root/tmp"
gcc -static -Os -s -Wall -Wextra -o "$root/sbin/mayfly-guest" "$agent" ||
    stop "no template was built" "the guest's agent does not compile" "apt-get install gcc libc6-dev"
cat >"$root/sbin/init" <<'END'
#!/bin/sh
# Who this machine is comes from its host, through the agent. Nobody can log in before, and nobody without the key after.
export PATH=/bin:/usr/sbin:/sbin HOME=/root
mount -t proc proc /proc
mount -t sysfs sys /sys
mkdir -p /dev/pts && mount -t devpts devpts /dev/pts
mount -t tmpfs run /run
ip link set lo up
# An address made of the card's would stay when the card's is changed; and who has learnt the old one is told the new one.
echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6
echo 1 >/proc/sys/net/ipv4/conf/all/arp_notify
ip link set eth0 up && ip addr add 10.0.2.15/24 dev eth0 && ip route add default via 10.0.2.2
# An environment, when the host gives one: the second disk is its image, the others hold what is in its files.
if [ -b /dev/vdb ]; then
    options=ro
    for disk in /dev/vd[c-z]; do [ -b "$disk" ] && options="$options,device=$disk"; done
    mkdir -p /env && mount -t erofs -o "$options" /dev/vdb /env || echo "the environment cannot be mounted at /env"
fi
mayfly-guest /sbin/mayfly-hook </dev/null >/dev/ttyS0 2>&1 &
trap 'poweroff -f' TERM USR2
while :; do sleep 3600 & wait; done
END
cat >"$root/sbin/mayfly-hook" <<'END'
#!/bin/sh
# Under emulation each program costs a hundred milliseconds, so a machine that is saved has its SSH server listening. It has
# read no secret by then: it takes random numbers and looks for its host key at each connection, and nobody's key is let in.
export PATH=/bin:/usr/sbin:/sbin HOME=/root
listen() { dropbear -R -s -j -k; }
if [ "${1:-}" = prepare ]; then
    dropbearkey -t ecdsa -s 256 -f /run/trial >/dev/null 2>&1 && rm -f /run/trial
    listen && : >/run/listens
    exit
fi
echo "$MAYFLY_KEY" >/root/.ssh/authorized_keys || exit
dropbearkey -t ecdsa -s 256 -f /etc/dropbear/dropbear_ecdsa_host_key 2>/dev/null || exit
[ -e /run/listens ] || listen
END
chmod 755 "$root/sbin/init" "$root/sbin/mayfly-hook"

# --- the three files -------------------------------------------------------------------------------------------------

step "making the disk"
find "$loader" "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
(cd "$loader" && find . | LC_ALL=C sort | cpio --quiet -o -H newc --reproducible -R 0:0) | gzip -n -9 >"$work/initrd"
truncate -s 256M "$work/Disk.img"
mkfs.ext4 -q -F -O ^has_journal -E root_owner=0:0,hash_seed=00000000-0000-0000-0000-000000000001,lazy_itable_init=0 \
    -U 00000000-0000-0000-0000-000000000002 -L root -d "$root" "$work/Disk.img" >/dev/null
cp "$work/kernel/boot/vmlinuz-$kernel" "$work/vmlinuz"

digest() { sha256sum "$1" | cut -d ' ' -f 1; }
cat >"$work/TemplateMetadata.json" <<END
{
  "format": 1,
  "name": "debian-busybox",
  "kernel": "$kernel",
  "ssh_user": "root",
  "files": {
    "Disk.img": "sha256:$(digest "$work/Disk.img")",
    "initrd": "sha256:$(digest "$work/initrd")",
    "vmlinuz": "sha256:$(digest "$work/vmlinuz")"
  }
}
END
rm -rf "$out.new"
mkdir -p "$out.new"
for file in Disk.img initrd vmlinuz TemplateMetadata.json; do
    cp --sparse=always "$work/$file" "$out.new/$file"
    chmod 444 "$out.new/$file"
done
sync -f "$out.new"
rm -rf "$out"
mv "$out.new" "$out"
echo "template: $out, kernel $kernel, $(du -sk "$out" | cut -f 1) KiB"
