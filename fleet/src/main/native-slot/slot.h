/*
 * mayfly-slot: one runner in namespaces of this machine, for hosts without virtualisation.
 *
 *     mayfly-slot KEY=VALUE ...      in the folder of its bundle, as root
 *
 *   root=FILE      disk of the template, mounted for reading; its files belong to the slot's own ids
 *   blank=FILE     an empty file system, of which the slot's own disk is a copy
 *   disk=FILE      that copy, made here
 *   ids=N          the first of 65536 user ids that nobody else has
 *   name=WORD machine=HEX hook=PATH
 *   group=FOLDER   a control group, limits set, for as many as there are; emptied and removed at the end
 *
 * Says on stdout "ready PORT", or "failed STEP: why" and ends with 1. PORT is of this host's loopback and leads to port 22
 * of the slot's; guest.sock in the bundle leads to the guest's agent (guest.c). Both are carried over byte by byte and not
 * understood. It outlives who started it, and ends with everything in it on SIGTERM, or when the slot's first process has.
 * Killed, it takes the slot with it, because that process asks for its parent's death; its groups are then left to others.
 *
 * What a runner gets
 *   holder   this process: root of the host, in the host's namespaces but for that of the network, which it enters to reach
 *            the slot. Its two listening sockets were made before and stay the host's.
 *   init     process 1 of the slot: pid, mount, network, uts, ipc and cgroup namespaces of its own, which belong to the
 *            host's user namespace, so that no capability gained in the slot is worth anything in them. It makes the root,
 *            enters the slot's user namespace and reaps. It never executes anything, so nobody in there may look into it.
 *   root     an overlay: the template's disk below, through an idmapped mount; the slot's disk above, whose size is a limit.
 *            Fresh /dev, /proc, /run and /dev/shm. No /sys. Nothing else of the host.
 *   network  the loopback, and nothing behind it.
 *   job      root over 65536 ids of its own, with the capabilities that packages and servers need; no further namespaces,
 *            no mounts, no keys, no bpf; sockets of families unix, inet, inet6 and netlink (route, sock_diag) only.
 *
 * Threat model: everything in the slot is hostile. It must not reach host or other slots, nor take more than its groups and
 * its disk give. Not covered: bugs of the kernel that it shares with the host, processor side channels. Virtual machines are
 * the stronger wall.
 */
#ifndef MAYFLY_SLOT_H
#define MAYFLY_SLOT_H

#include <stdbool.h>

enum { MOST_GROUPS = 8, IDS = 65536 };

struct plan {
    const char *root, *blank, *disk, *name, *machine, *hook;
    unsigned ids;
    const char *groups[MOST_GROUPS];
    int group_count;
};

/* Ends this process, saying why; in the slot the holder is told. */
_Noreturn void failed(const char *step, const char *why);
_Noreturn void failed_errno(const char *step);
void write_text(const char *step, const char *path, const char *text);

/* root.c: as root of the host, in the slot's own mount namespace */
void copy_blank(const struct plan *plan);
void make_root(const struct plan *plan, int user_namespace);

/* confine.c */
int make_user_namespace(unsigned first);
void start_network(void);
void become_slot_root(int user_namespace);
void give_up_powers(void);

/* relay.c */
int listen_tcp(int *port);
int listen_unix(const char *path);
/* Until the signal file says something. */
void relay(int tcp, int local, int guest, int signals);

/* guest.c */
_Noreturn void serve_guest(int line, char *hook);

#endif
