/*
 * mayfly-launcher: the one program that turns a request into confined processes.
 *
 * One launcher process is one slot. Java starts it as `mayfly-launcher --socket PATH`, it connects to the Unix stream
 * socket at PATH, builds its template once (CONFIG) and then runs one job after the other (RUN) until the socket closes.
 * It is single-threaded, keeps no state of a job beyond RESET or the next RUN, and never falls back in silence: what
 * cannot be set up is REFUSED and nothing runs.
 *
 * Protocol (little-endian)
 *   frame   = u32 payload length (<= 64 MiB) | u16 type | u16 zero | payload
 *   payload = fields: u16 tag | u16 zero | u32 length | bytes;  a repeated tag is a list; integers are u64 unless said
 *   Types and tags are the enums below; a tag number belongs to its frame type. Anything unknown, badly sized or out of
 *   state is answered with ERROR and exit status 70. CANCEL outside a run is ignored: it may cross EXITED on the wire.
 *   Java sends CONFIG once -> READY. RUN -> STARTED, EXITED | REFUSED (a failed exec is EXITED with 126 or 127 and a
 *   message on stderr, as in sh; REFUSED means that nothing ran). LIST -> ENTRY* END. READ -> DATA | REFUSED.
 *   RESET -> RESET_DONE. When Java closes the socket or dies, the job is killed and the launcher ends.
 *   Bounds: WALL_MS, DISK_BYTES, INODES must be given; STDOUT_HEAD and STDOUT_TAIL (they hold for each stream) <= 12 MiB;
 *   arguments and variables <= 4096 and 1 MiB; filter <= 4096 instructions; binds <= 128; RLIMIT_NOFILE >= 16, a hard
 *   limit that cannot be raised stays; LIST stops at depth 64 and 100000 entries (TRUNCATED = 1), unsorted; READ <= 16 MiB.
 *
 * What a job gets
 *   init (pid 1)  a pid, a mount and an ipc namespace of its own, the slot's uts and network namespaces, the v2 leaf cgroup
 *                 by CLONE_INTO_CGROUP (v1 groups are inherited from the launcher); it attaches the job's own tmpfs at
 *                 /workspace and /tmp, mounts a read-only /proc, enters a cgroup namespace that shows every group as
 *                 "/" and then the slot's user namespace, starts the job,
 *                 hands the seccomp listener to the launcher, drops to its own unprivileged uid and reaps.
 *   job (pid 2)   another unprivileged uid, no capabilities (bounding set empty, securebits locked), no_new_privs,
 *                 Landlock, seccomp, rlimits, a session of its own, descriptors 0-2 only, exactly the environment of
 *                 the request. The user namespace maps two ids and forbids further namespaces; all other namespaces
 *                 belong to the host's user namespace, so a capability gained inside is worth nothing.
 *   root          the launcher itself has pivoted into the template, a read-only tmpfs with read-only binds; a job's
 *                 mount namespace is a copy of that one, so there is no old root to leave behind or to escape to.
 *
 * Threat model
 *   The job is hostile. It must not affect or observe anything outside its box, outlive its deadline, make the launcher
 *   grow or block, or make a failed set-up look like success. The launcher reads from it only pipe bytes (counted, kept
 *   as head and tail, always drained), names and contents below /workspace after every process has died (openat2
 *   beneath, no links), and seccomp notifications (numbers only, always answered with EPERM; memory of the job is never
 *   read). Java is trusted but may be buggy: every frame is validated. Not covered: kernel bugs, CPU side channels.
 *   Three independent kill paths: SIGKILL to init (ends the pid namespace), cgroup.kill when that takes long, PDEATHSIG of
 *   init should the launcher die. A run ends only when init's pidfd says that the pid namespace is empty.
 */
#ifndef MAYFLY_LAUNCHER_H
#define MAYFLY_LAUNCHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

enum { FRAME_MAX = 64 << 20, KEEP_MAX = 12 << 20, READ_MAX = 16 << 20, EXIT_PROTOCOL = 70 };

enum frame_type {
    CONFIG = 1, RUN, CANCEL, LIST, READ, RESET,
    READY = 101, STARTED, EXITED, REFUSED, ENTRY, END, DATA, RESET_DONE, ERROR,
};
enum config_tag {
    CONFIG_UID_BASE = 1, CONFIG_GID_BASE, CONFIG_BIND, CONFIG_SYMLINK, CONFIG_ETC_FILE, CONFIG_HOSTNAME,
    CONFIG_CGROUP2_DIR, CONFIG_CGROUP_KILL, CONFIG_CPU_USAGE, CONFIG_OOM_FILE, CONFIG_PIDS_FILE,
};
enum run_tag {
    RUN_ARG = 1, RUN_ENV, RUN_CWD, RUN_STDIN, RUN_FILE, RUN_JOB_BIND, RUN_WALL_MS, RUN_CPU_MS, RUN_RLIMIT,
    RUN_DISK_BYTES, RUN_INODES, RUN_STDOUT_HEAD, RUN_STDOUT_TAIL, RUN_SECCOMP, RUN_FLAGS,
};
enum { RUN_FLAG_LANDLOCK = 1, RUN_FLAG_NETWORK = 2, RUN_FLAG_NO_ASLR = 4 };
enum { READ_PATH = 1, READ_OFFSET, READ_LENGTH };
enum { RESET_FLAGS = 1, RESET_NEW_NETNS = 1 };
enum { READY_PID = 1, READY_NETNS_INO, READY_LAYER };
enum { STARTED_PID = 1, STARTED_SETUP_NS };
enum exited_tag {
    EXITED_STATUS_KIND = 1, EXITED_STATUS_CODE, EXITED_REASON, EXITED_WALL_NS, EXITED_CPU_NS, EXITED_MAXRSS_KB,
    EXITED_KILL_NS, EXITED_OUT_TOTAL, EXITED_OUT_HEAD, EXITED_OUT_TAIL, EXITED_ERR_TOTAL, EXITED_ERR_HEAD,
    EXITED_ERR_TAIL, EXITED_DENIED, EXITED_OOM_COUNT, EXITED_PIDS_COUNT,
};
enum { REASON_WALL = 1, REASON_CPU = 2, REASON_CANCELLED = 4, REASON_OOM = 8, REASON_PIDS = 16, REASON_DISK = 32 };
enum { REFUSED_STEP = 1, REFUSED_ERRNO, REFUSED_TEXT };
enum { ENTRY_PATH = 1, ENTRY_KIND /* one byte: f d l o */, ENTRY_SIZE, ENTRY_MODE };
enum { END_COUNT = 1, END_TRUNCATED };
enum { DATA_BYTES = 1, DATA_EOF }; /* DATA_EOF comes first on the wire */
enum { RESET_DONE_NETNS_INO = 1 };
enum { ERROR_TEXT = 1 };

/* ids inside the job's user namespace */
enum { INIT_ID = 0, JOB_ID = 1000 };

/* Why something could not be set up: the layer or step, errno (0 = not a system error) and a sentence. */
struct fault {
    char step[24];
    int err;
    char text[200];
};

/* ---- protocol.c: frames in and out ---- */
struct frame { uint16_t type; uint32_t length; uint8_t *payload; };
struct conn { int fd; uint8_t header[8]; uint32_t have; };
struct field { uint16_t tag; uint32_t length; uint8_t *value; };
struct cursor { uint8_t *at, *end; };
struct slot;

/*
 * Buffers of the launcher alone: one resident mapping that a fork does not copy (a page copied is a page fault later, and
 * init needs none of it).
 */
enum { SMALL_FRAME = 32 << 10, ARENA = 64 << 10, CHUNK = 64 << 10 };
struct scratch { uint8_t small_frame[SMALL_FRAME], arena[ARENA], chunk[CHUNK]; };
extern struct scratch *scratch;
void scratch_make(void);

bool conn_read(struct conn *c, struct frame *f);          /* blocking; false = closed by Java */
enum cancel_state { NO_CANCEL, CANCELLED, CLOSED } conn_poll_cancel(struct conn *c);
void frame_free(struct frame *f);
struct cursor frame_fields(const struct frame *f);
bool next_field(const struct conn *c, struct cursor *cur, struct field *f);
uint64_t field_u64(const struct conn *c, const struct field *f);
char *field_text(const struct conn *c, const struct field *f);  /* malloc'd, refuses NUL inside */
/* Splits "a\0b[\0c]" into malloc'd texts; *third may come back NULL. Without third, b is the rest, NUL or not. */
void field_split(const struct conn *c, const struct field *f, char **a, char **b, char **third);
_Noreturn void protocol_error(const struct conn *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

void out_begin(uint16_t type);
void out_u64(uint16_t tag, uint64_t value);
void out_bytes(uint16_t tag, const void *bytes, size_t length);             /* copied, for small values */
void out_text(uint16_t tag, const char *text);
void out_blob(uint16_t tag, const void *a, size_t na, const void *b, size_t nb); /* by reference until out_send */
void out_announce(uint16_t tag, uint64_t length);
void out_raw(const struct conn *c, const void *bytes, size_t length);
void out_send(const struct conn *c);
void send_refused(const struct conn *c, const struct fault *f);

/* ---- the slot ---- */
struct bind { char *target; int fd; bool rw; };
enum { BINDS_MAX = 128, CPU_FILES_MAX = 4, LAYERS_MAX = 16 };
struct layer { const char *name, *state; char detail[160]; };

struct slot {
    struct conn java;
    bool configured, rootless, group_was_killed;
    bool nested;                       /* in a user namespace (rootless, or root of a container): no device nodes */
    uint32_t uid, gid;                 /* kernel ids of init; the job has +1 (rootless: both are the launcher's own 0) */
    char *hostname;
    struct bind binds[BINDS_MAX];
    unsigned bind_count;
    int host_mounts, own_mounts;       /* mount namespaces: what the host sees, and the template */
    int template_root;                 /* writable view of the template, only for mount points of JOB_BIND */
    int oom_score;                     /* the launcher's own /proc/self/oom_score_adj */
    char oom_score_own[16];
    int dev_null;
    int user_ns, ns_dir;               /* ns_dir = /proc/self/ns, reachable after the pivot */
    int cgroup_dir, cgroup_kill, oom_file, pids_file;
    int cpu_files[CPU_FILES_MAX];
    bool cpu_file_has_launcher[CPU_FILES_MAX];
    unsigned cpu_file_count;
    int landlock_abi;
    bool notify;                       /* seccomp user notification exists */
    char proc_note[64], net_note[100];
    struct report *report;
    uint8_t *ballast;                  /* see box_lighten */
    bool ballast_gone;
    bool ipc_fresh;                    /* the launcher sits in an ipc namespace no job has used */
    int spare_workspace, spare_tmp;    /* file systems made ahead, for the sizes of the last job; -1 = none */
    uint64_t spare_bytes, spare_inodes;
    struct fault broken;               /* step set: the template could not be built, every RUN is refused with this */
    struct layer layers[LAYERS_MAX];
    unsigned layer_count;
    int workspace;                     /* of the last job, for LIST and READ; -1 = none */
};

struct job {
    char **argv, **envp, *cwd;
    int stdin_fd, workspace, tmp;
    struct bind binds[BINDS_MAX];
    unsigned bind_count;
    struct { int resource; uint64_t value; } limits[RLIM_NLIMITS];
    unsigned limit_count;
    uint64_t wall_ns, cpu_ns, disk_bytes, inodes, head, tail, flags;
    void *filter;                      /* struct sock_filter[] */
    unsigned filter_length;
    bool trial;                        /* CONFIG's self-test: everything but the exec */
    uint64_t received_ns;
};

/* ---- netns.c ---- */
int netns_new(char *note, size_t note_size);  /* unshare, lo up, every address is local; note = what is missing */

/* ---- root.c: the template, once per slot ---- */
int slot_configure(struct slot *s, const struct frame *f, struct fault *fault);
uint64_t slot_netns_inode(const struct slot *s);
int bind_clone(const char *host, const char *target, bool rw, bool real, int *fd, struct fault *fault); /* real: no link */
int bind_place(int root, const char *target, int source, struct fault *fault);
int fault_set(struct fault *f, const char *step, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* ---- box.c: what one job gets, made by the launcher ---- */
int box_prepare(struct slot *s, struct job *j, const struct frame *f, struct fault *fault);
int box_make_tmpfs(const struct slot *s, const struct job *j, unsigned mode, struct fault *fault);
int make_parents(int root, char *path, uint32_t uid, uint32_t gid);
void box_release(struct slot *s, struct job *j, bool keep_workspace);
void box_lighten(struct slot *s, struct job *j, bool out_of_memory);
void box_load_ballast(struct slot *s);
void box_make_spares(struct slot *s, uint64_t disk_bytes, uint64_t inodes);

/* ---- init.c: pid 1 of the job ---- */
/*
 * One page shared by launcher, init and, until its exec replaces its memory, the job's process: what became of the run. The
 * launcher believes `done` and `fault` when it sees init dead, so that the end of a job wakes it only once.
 */
struct report {
    struct slot *slot;
    struct job *job;
    struct fault fault;       /* step set: set-up failed, nothing ran */
    int listener, exec_errno;
    bool done;                /* the main process has ended with status */
    int status;
};
_Noreturn void init_main(struct slot *s, struct job *j, int socket, int out, int err);

/* ---- confine.c: runs in the job before exec ---- */
int landlock_abi(void);
bool seccomp_notify_available(void);
/* Locks the calling process in. Returns the seccomp listener or -1 if no filter was asked for; -2 = failed, see fault. */
int confine(const struct slot *s, const struct job *j, struct fault *fault);
int give_up_privileges(struct fault *fault);
int drop_identity(uint32_t id, struct fault *fault);

/* ---- supervise.c ---- */
struct stream { int fd; uint64_t total; uint8_t *head, *tail; size_t head_cap, tail_cap; };
enum { DENIED_MAX = 128 };
struct denied { uint32_t arch, nr; uint64_t count, args[3]; };
struct outcome {
    bool refused, started, java_gone;
    struct fault fault;
    int status;
    uint64_t reason, wall_ns, cpu_ns, maxrss_kb, kill_ns, oom_count, pids_count;
    struct stream streams[2];
    void *memory;
    size_t memory_size;
    struct denied denied[DENIED_MAX];
    unsigned denied_count;
};
void run_job(struct slot *s, struct job *j, struct outcome *o);
void outcome_release(struct outcome *o);
uint64_t now_ns(void);


/* ---- collect.c ---- */
void collect_list(struct slot *s);
void collect_read(struct slot *s, const struct frame *f);

#endif
