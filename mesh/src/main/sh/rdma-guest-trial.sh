#!/bin/sh
# Runs in the guest of rdma-guest.sh, as its only program. Says "seen: …" or "missed: …" for each thing that is to be shown.

note() { echo "stage: $* (after $(cut -d ' ' -f 1 /proc/uptime) s)"; }
seen() { echo "seen: $*"; }
missed() { echo "missed: $*"; }
# By their paths: busybox has an ip of its own, which knows neither cables nor rules.
ip() { /bin/ip "$@"; }
rdma() { /bin/rdma "$@"; }

# Not a function: of a program that is started beside this one, the number is wanted and not that of a shell around it.
set -f
mesh="/jdk/bin/java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m --enable-native-access=ALL-UNNAMED \
    -cp /mayfly/lib/* dev.mayfly.cli.Main mesh"

until_says() { # file, what: waits for a line, as long as the process says something at all
    tries=480
    until grep -q "$2" "$1" 2>/dev/null || [ "$tries" = 0 ] || ! kill -0 "$responder" 2>/dev/null; do
        tries=$((tries - 1))
        sleep 0.5
    done
    grep -q "$2" "$1"
}

# --- cards -----------------------------------------------------------------------------------------------------------

while read -r module; do insmod "/modules/$module" 2>/dev/null; done </modules/order
# Docs of this setting: Documentation/networking/ip-sysctl.rst.
for key in rp_filter:0 accept_local:1 arp_ignore:0; do
    for where in all default; do echo "${key#*:}" >"/proc/sys/net/ipv4/conf/$where/${key%:*}"; done
done
ip link set lo up
ip link add c0 type veth peer name c1
ip netns add far 2>/dev/null
ip link add c2 type veth peer name far2
ip link set far2 netns far
ip addr add 10.9.0.1/24 dev c0
ip addr add 10.9.0.2/24 dev c1
ip addr add 10.9.2.1/24 dev c2
for cable in c0 c1 c2; do
    echo 0 >"/proc/sys/net/ipv4/conf/$cable/rp_filter"
    echo 1 >"/proc/sys/net/ipv4/conf/$cable/accept_local"
    ip link set "$cable" up
done
ip netns exec far ip link set lo up
ip netns exec far ip addr add 10.9.2.2/24 dev far2
ip netns exec far ip link set far2 up
# Both ends of the first cable are this host's. What is sent from one to the other shall take the cable all the same: what
# comes in by a cable is local, what leaves by one is not.
ip rule add pref 10 iif c0 lookup local
ip rule add pref 11 iif c1 lookup local
ip rule add pref 20 oif c0 lookup 100
ip rule add pref 21 oif c1 lookup 101
ip route add 10.9.0.0/24 dev c0 src 10.9.0.1 table 100
ip route add 10.9.0.0/24 dev c1 src 10.9.0.2 table 101
ip rule add pref 100 lookup local
ip rule del pref 0
for i in 0 1 2; do rdma link add "rxe$i" type rxe netdev "c$i" || missed "card rxe$i"; done
rdma link show
[ "$(rdma link show | grep -c 'state ACTIVE')" = 3 ] && seen "three cards of rdma_rxe, on kernel $(uname -r)" ||
    missed "three active cards"

# --- traces of what really happens to queue pairs --------------------------------------------------------------------

trace=/sys/kernel/tracing
{
    # int ib_modify_qp_with_udata(struct ib_qp *, struct ib_qp_attr *, int mask, struct ib_udata *); the state is first.
    echo 'p:mayfly/modified ib_modify_qp_with_udata state=+0(%si):u32 mask=%dx:u32'
    echo 'p:mayfly/destroyed ib_destroy_qp_user'
} >"$trace/kprobe_events" && echo 1 >"$trace/events/mayfly/enable" || missed "kprobes on ib_modify_qp_with_udata"

# --- what doctor says ------------------------------------------------------------------------------------------------

note "doctor"
$mesh doctor >/tmp/doctor 2>&1
cat /tmp/doctor
for i in 0 1 2; do
    grep -q "rxe$i: queue pair" /tmp/doctor && seen "doctor made a queue pair on rxe$i" || missed "a queue pair on rxe$i"
done

# --- from whom to whom -----------------------------------------------------------------------------------------------

answered() { # what, file of a ping
    cat "$2"
    if grep -qE '^[0-9]+ probes, .*[1-9][0-9]* (ok|late)' "$2"; then
        seen "$1: $(grep -E '^[0-9]+ probes,' "$2")"
    else
        missed "$1"
    fi
}

ended() { # stops the one that answers
    kill -TERM "$responder" 2>/dev/null
    wait "$responder" 2>/dev/null
}

note "card to card"
$mesh respond --transport verbs --address 10.9.0.2 >/tmp/respond1 2>&1 &
responder=$!
if until_says /tmp/respond1 'queue pair'; then
    pair=$(sed -n 's/.*queue pair \([0-9]*\).*/\1/p' /tmp/respond1)
    $mesh ping --transport verbs --from 10.9.0.1 --queue-pair "$pair" -c 20 -i 0.5 --paths 4 10.9.0.2 >/tmp/ping1 2>&1
    answered "probes from rxe0 to rxe1" /tmp/ping1
else
    missed "an answering card"
fi
cat /tmp/respond1
ended

note "socket to card"
$mesh respond --transport verbs --address 10.9.2.1 >/tmp/respond2 2>&1 &
responder=$!
if until_says /tmp/respond2 'queue pair'; then
    pair=$(sed -n 's/.*queue pair \([0-9]*\).*/\1/p' /tmp/respond2)
    /bin/ip netns exec far $mesh ping --from 10.9.2.2 --queue-pair "$pair" -c 20 -i 0.5 --paths 4 10.9.2.1 >/tmp/ping2 2>&1
    answered "probes from a socket to rxe2, and its answers" /tmp/ping2
else
    missed "an answering card"
fi
cat /tmp/respond2
ended

note "card to socket"
/bin/ip netns exec far $mesh respond --address 10.9.2.2 >/tmp/respond3 2>&1 &
responder=$!
if until_says /tmp/respond3 'answering'; then
    $mesh ping --transport verbs --from 10.9.2.1 -c 20 -i 0.5 --paths 4 10.9.2.2 >/tmp/ping3 2>&1
    answered "probes from rxe2 to a socket, and its answers" /tmp/ping3
else
    missed "an answering socket"
fi
cat /tmp/respond3
ended

# --- the traces ------------------------------------------------------------------------------------------------------

note "traces"
grep -E 'modified|destroyed' "$trace/trace" | head -n 60
for state in 1 2 3; do
    count=$(grep -c "modified: .*state=$state " "$trace/trace")
    [ "$count" -ge 6 ] && seen "the kernel took $count queue pairs to state $state (INIT 1, ready to receive 2, to send 3)" ||
        missed "queue pairs that the kernel takes to state $state: $count"
done
count=$(grep -c 'destroyed: ' "$trace/trace")
[ "$count" -ge 6 ] && seen "$count queue pairs were destroyed" || missed "destroyed queue pairs: $count"
echo "trial: done"
