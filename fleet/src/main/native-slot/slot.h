/*
 * mayfly-slot: one runner in namespaces of this machine, for hosts without virtualisation.
 *
 *     mayfly-slot KEY=VALUE ...                          in the folder of its bundle, as root
 *     mayfly-slot hold KEY=VALUE ... -- COMMAND ...      holds the network of a hypervisor instead (hold.c)
 *     mayfly-slot try                                    says whether a network can be held here
 *
 *   root=FILE      disk of the template, mounted for reading; its files belong to the slot's own ids
 *   blank=FILE     an empty file system, of which the slot's own disk is a copy
 *   disk=FILE      that copy, made here
 *   ids=N          the first of 65536 user ids that nobody else has
 *   name=WORD machine=HEX hook=PATH
 *   group=FOLDER   a control group, limits set, for as many as there are; emptied and removed at the end
 *   open=NETWORK closed=NETWORK      as 10.0.0.0/8, for as many as there are: what may be reached; the longest that fits
 *                  decides, and what fits none is closed. Without one that is open there is no way out.
 *   resolver=ADDRESS                 who is asked what is asked of port 53 of what is closed
 *   outside=FILE   another network namespace, from which connections go out; the holder's own when left out
 *   port=N         only of hold: the port of the loopback; else any
 *
 * Says on stdout "ready PORT", or "failed STEP: why" and ends with 1. PORT is of this host's loopback and leads to port 22
 * of the slot's; guest.sock in the bundle leads to the guest's agent (guest.c). Both are carried over byte by byte and not
 * understood. It outlives who started it, and ends with everything in it on SIGTERM, or when the slot's first process has.
 * Killed, it takes the slot with it, because that process asks for its parent's death; its groups are then left to others.
 *
 * What a runner gets
 *   holder   this process: root of the host, in the host's namespaces; sockets in the slot's network it makes by entering
 *            that for a moment.
 *   init     process 1 of the slot: pid, mount, network, uts, ipc and cgroup namespaces of its own, which belong to the
 *            host's user namespace, so that no capability gained in the slot is worth anything in them. It makes the root,
 *            enters the slot's user namespace and reaps. It never executes anything, so nobody in there may look into it.
 *   root     an overlay: the template's disk below, through an idmapped mount; the slot's disk above, whose size is a limit.
 *            Fresh /dev, /proc, /run and /dev/shm. No /sys. Nothing else of the host.
 *   network  the loopback, and nothing behind it. What the slot may reach, the holder connects to in its place (way.c).
 *   job      root over 65536 ids of its own, with the capabilities that packages and servers need; no further namespaces,
 *            no mounts, no keys, no bpf; sockets of families unix, inet, inet6 and netlink (route, sock_diag) only.
 *
 * Threat model: everything in the slot is hostile. It must not reach host or other slots, nor take more than its groups and
 * its disk give. Not covered: bugs of the kernel that it shares with the host, processor side channels. Virtual machines are
 * the stronger wall.
 */
#ifndef MAYFLY_SLOT_H
#define MAYFLY_SLOT_H

#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/types.h>

enum { MOST_GROUPS = 8, IDS = 65536, MOST_RANGES = 1024, NAMES_PORT = 53 };

/* As a guest's under QEMU, whose own names these are (qemu(1), -netdev user). */
#define OWN_ADDRESS "10.0.2.15"
#define NAMES_ADDRESS "10.0.2.3"

/* Addresses that begin alike. Own are the runner's own services; under a hypervisor it is asked for names there too. */
enum verdict { CLOSED = 1, OPEN, OWN, OWN_BUT_NAMES };
struct range {
    unsigned address, bits, verdict; /* the address in the order of the network */
};

struct plan {
    const char *root, *blank, *disk, *name, *machine, *hook, *outside;
    unsigned ids;
    const char *groups[MOST_GROUPS];
    int group_count;
    struct range ranges[MOST_RANGES];
    int range_count;
    bool way; /* whether any is open */
    unsigned resolver;
    int port;
};

/* Ends this process, saying why; in the slot the holder is told. */
_Noreturn void failed(const char *step, const char *why);
_Noreturn void failed_errno(const char *step);
void write_text(const char *step, const char *path, const char *text);

/* words.c: up to the end, or to "--", where it says how far it came */
int read_plan(struct plan *plan, int count, char **words);
void add_own_ranges(struct plan *plan, bool slot);

/* root.c: as root of the host, in the slot's own mount namespace */
void copy_blank(const struct plan *plan);
void make_root(const struct plan *plan, int user_namespace);

/* confine.c */
int make_user_namespace(unsigned first);
void start_network(void);
void become_slot_root(int user_namespace);
void give_up_powers(void);

/* hold.c */
int signals_as_file(void);
int open_network(pid_t of);
int hold(int count, char **words);
int try_way(void);

/* relay.c */
enum { MOST_LINES = 512, MOST_FLOWS = 256 };
int listen_tcp(int *port); /* 0 for any */
int listen_unix(const char *path);
/* Until the signal file says something. */
void relay(int tcp, int local, int guest, int signals);

/* way.c: the first in the runner's network, the others in the holder */
void lead_all_to_holder(void);
void know_networks(const struct plan *plan, int of_runner, int of_holder);
void open_way(void);
int network_inside(void);
int socket_inside(int type);
int socket_outside(int type);
bool leads_to(const struct sockaddr_in *asked, struct sockaddr_in *target);
void way_sockets(int *tcp, int *udp); /* -1 where there is no way */
bool take_connection(int ends[2]);
void reset(int fd);

/* flows.c */
int flow_count(void);
void watch_flows(struct pollfd *all); /* two for each */
void carry_datagrams(const struct pollfd *all, int watched);
void take_datagrams(int fd);

/* guest.c */
_Noreturn void serve_guest(int line, char *hook);

#endif
