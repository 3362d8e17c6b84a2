/* The state machine: connect, CONFIG once, then RUN / LIST / READ / RESET until Java closes the socket. */
#define _GNU_SOURCE
#include "launcher.h"
#include "sys.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#ifdef __SANITIZE_ADDRESS__
const char *__asan_default_options(void);
/* The leak checker needs ptrace and /proc, which the template does not have. */
const char *__asan_default_options(void) { return "detect_leaks=0"; }
#endif

static void add_layer(struct slot *s, const char *name, const char *state, const char *detail)
{
    struct layer *l = &s->layers[s->layer_count++];
    l->name = name;
    l->state = state;
    snprintf(l->detail, sizeof l->detail, "%s", detail);
}

static void forget_workspace(struct slot *s)
{
    if (s->workspace >= 0)
        close(s->workspace);
    s->workspace = -1;
    if (s->ballast_gone)
        box_load_ballast(s);
}

/* Everything a run does except the exec, so that READY reports what this machine has done and not what it might do. */
static bool trial_run(struct slot *s, struct fault *fault)
{
    struct sock_filter allow_all = {.code = BPF_RET | BPF_K, .k = SECCOMP_RET_ALLOW};
    char *argv[] = {NULL};
    struct job j = {.argv = argv, .envp = argv, .stdin_fd = -1, .workspace = -1, .tmp = -1, .trial = true,
                    .wall_ns = 5000000000, .disk_bytes = 1 << 20, .inodes = 64, .filter = s->notify ? &allow_all : NULL,
                    .filter_length = s->notify ? 1 : 0, .flags = s->landlock_abi > 0 ? RUN_FLAG_LANDLOCK : 0};
    static struct outcome o;
    memset(&o, 0, sizeof o);
    bool ok = false;
    if ((j.workspace = box_make_tmpfs(s, &j, 0755, fault)) >= 0 && (j.tmp = box_make_tmpfs(s, &j, 01777, fault)) >= 0) {
        run_job(s, &j, &o);
        ok = !o.refused && o.started;
        if (o.refused)
            *fault = o.fault;
        else if (!ok)
            fault_set(fault, "init", "the trial run did not start");
        outcome_release(&o);
    }
    int fds[] = {j.workspace, j.tmp};
    for (unsigned i = 0; i < 2; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    return ok;
}

static void describe_layers(struct slot *s, const char *kill_note)
{
    static const char *const NAMES[] = {"user-ns", "pid-ns", "mount-ns", "net-ns", "ipc-ns", "uts-ns", "rootfs", "uid",
                                        "seccomp", "seccomp-notify", "landlock", "no-new-privs", "caps", "kill-cgroup",
                                        "kill-pidns"};
    char text[160];
    bool whole = !s->broken.step[0];
    for (unsigned i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        const char *name = NAMES[i], *state = whole ? "active" : "unavailable";
        text[0] = 0;
        if (!whole)
            snprintf(text, sizeof text, "%s%s: %.100s", strcmp(s->broken.step, name) == 0 ? "" : "set-up failed at ",
                     s->broken.step, s->broken.text);
        else if (strcmp(name, "net-ns") == 0 && s->net_note[0])
            state = "degraded", snprintf(text, sizeof text, "%s", s->net_note);
        else if (strcmp(name, "uid") == 0 && s->rootless)
            state = "degraded", snprintf(text, sizeof text, "same uid as the service");
        else if (strcmp(name, "uid") == 0)
            snprintf(text, sizeof text, "job %u, init %u", s->uid + 1, s->uid);
        else if (strcmp(name, "seccomp-notify") == 0 && !s->notify)
            state = "unavailable", snprintf(text, sizeof text, "the kernel has no SECCOMP_RET_USER_NOTIF (Linux 5.0)");
        else if (strcmp(name, "landlock") == 0 && s->landlock_abi <= 0)
            state = "unavailable", snprintf(text, sizeof text, "not in this kernel or not enabled at boot (lsm=)");
        else if (strcmp(name, "landlock") == 0)
            state = s->landlock_abi >= 6 ? "active" : "degraded",
            snprintf(text, sizeof text, "ABI %d%s", s->landlock_abi, s->landlock_abi >= 6 ? "" : ": no signal scope");
        else if (strcmp(name, "kill-cgroup") == 0 && (s->cgroup_dir < 0 || s->cgroup_kill < 0))
            state = "unavailable", snprintf(text, sizeof text, "%s", kill_note);
        add_layer(s, name, state, text);
    }
}

static void configure(struct slot *s, const struct frame *f)
{
    struct fault fault = {0};
    const char *kill_note = "no v2 control group was given";
    char note[160];
    s->landlock_abi = landlock_abi();
    box_load_ballast(s);
    s->notify = seccomp_notify_available();
    if (slot_configure(s, f, &fault) < 0) {
        s->broken = fault;
    } else if (!trial_run(s, &fault)) {
        if (s->cgroup_dir >= 0 && strcmp(fault.step, "namespaces") == 0) {
            snprintf(note, sizeof note, "%.150s", fault.text);
            kill_note = note;
            close(s->cgroup_dir);
            s->cgroup_dir = -1;
            memset(&fault, 0, sizeof fault);
            if (!trial_run(s, &fault))
                s->broken = fault;
        } else {
            s->broken = fault;
        }
    }
    describe_layers(s, kill_note);
    s->configured = true;
    out_begin(READY);
    out_u64(READY_PID, (uint64_t)getpid());
    out_u64(READY_NETNS_INO, slot_netns_inode(s));
    for (unsigned i = 0; i < s->layer_count; i++) {
        char value[256];
        const struct layer *l = &s->layers[i];
        int n = snprintf(value, sizeof value, "%s%c%s%c%s", l->name, 0, l->state, 0, l->detail);
        out_bytes(READY_LAYER, value, (size_t)n);
    }
    out_send(&s->java);
}

static void send_stream(const struct stream *st, uint16_t total, uint16_t head, uint16_t tail)
{
    size_t in_head = st->total < st->head_cap ? st->total : st->head_cap;
    uint64_t beyond = st->total - in_head;
    size_t at = st->tail_cap ? beyond % st->tail_cap : 0;
    out_u64(total, st->total);
    out_blob(head, st->head, in_head, NULL, 0);
    if (beyond <= st->tail_cap)
        out_blob(tail, st->tail, beyond, NULL, 0);
    else
        out_blob(tail, st->tail + at, st->tail_cap - at, st->tail, at);
}

static void send_exited(const struct conn *c, const struct outcome *o)
{
    bool signalled = (o->status & 0x7f) != 0;
    out_begin(EXITED);
    out_u64(EXITED_STATUS_KIND, signalled);
    out_u64(EXITED_STATUS_CODE, (uint64_t)(signalled ? o->status & 0x7f : o->status >> 8 & 0xff));
    out_u64(EXITED_REASON, o->reason);
    out_u64(EXITED_WALL_NS, o->wall_ns);
    out_u64(EXITED_CPU_NS, o->cpu_ns);
    out_u64(EXITED_MAXRSS_KB, o->maxrss_kb);
    out_u64(EXITED_KILL_NS, o->kill_ns);
    send_stream(&o->streams[0], EXITED_OUT_TOTAL, EXITED_OUT_HEAD, EXITED_OUT_TAIL);
    send_stream(&o->streams[1], EXITED_ERR_TOTAL, EXITED_ERR_HEAD, EXITED_ERR_TAIL);
    for (unsigned i = 0; i < o->denied_count; i++)
        out_bytes(EXITED_DENIED, &o->denied[i], sizeof o->denied[i]);
    out_u64(EXITED_OOM_COUNT, o->oom_count);
    out_u64(EXITED_PIDS_COUNT, o->pids_count);
    out_send(c);
}

static void run(struct slot *s, struct frame *f)
{
    static struct outcome o;
    struct job j = {.stdin_fd = -1, .workspace = -1, .tmp = -1, .received_ns = now_ns()};
    memset(&o, 0, sizeof o);
    forget_workspace(s);
    if (s->broken.step[0]) {
        send_refused(&s->java, &s->broken);
        return;
    }
    o.refused = box_prepare(s, &j, f, &o.fault) < 0;
    frame_free(f); /* nothing of a large request is in memory when init is forked */
    if (!o.refused)
        run_job(s, &j, &o);
    if (o.started)
        box_lighten(s, &j, o.oom_count > 0);
    if (o.java_gone)
        exit(0);
    if (o.refused)
        send_refused(&s->java, &o.fault);
    else
        send_exited(&s->java, &o);
    /* Nobody waits from here on, unless the next request is already under way. */
    outcome_release(&o);
    box_release(s, &j, !o.refused);
    if (!o.refused)
        box_make_spares(s, j.disk_bytes, j.inodes);
}

static void reset(struct slot *s, const struct frame *f)
{
    struct cursor cur = frame_fields(f);
    struct field field;
    uint64_t flags = 0;
    while (next_field(&s->java, &cur, &field)) {
        if (field.tag != RESET_FLAGS)
            protocol_error(&s->java, "RESET: unknown field %u", field.tag);
        flags = field_u64(&s->java, &field);
    }
    if (flags & ~(uint64_t)RESET_NEW_NETNS)
        protocol_error(&s->java, "RESET: unknown flags");
    forget_workspace(s);
    if ((flags & RESET_NEW_NETNS) && !s->broken.step[0] && netns_new(s->net_note, sizeof s->net_note) < 0)
        fault_set(&s->broken, "net-ns", "new network namespace"); /* the old one must not be used again */
    out_begin(RESET_DONE);
    out_u64(RESET_DONE_NETNS_INO, slot_netns_inode(s));
    out_send(&s->java);
}

static void serve(struct slot *s)
{
    struct frame f;
    while (conn_read(&s->java, &f)) {
        if (f.type == CONFIG ? s->configured : f.type != CANCEL && !s->configured)
            protocol_error(&s->java, "frame type %u out of state", f.type);
        if ((f.type == CANCEL || f.type == LIST) && f.length != 0)
            protocol_error(&s->java, "frame type %u carries no payload", f.type);
        switch (f.type) {
        case CONFIG: configure(s, &f); break;
        case RUN: run(s, &f); break;
        case CANCEL: break; /* crossed EXITED */
        case LIST: collect_list(s); break;
        case READ: collect_read(s, &f); break;
        case RESET: reset(s, &f); break;
        default: protocol_error(&s->java, "unknown frame type %u", f.type);
        }
        frame_free(&f);
    }
}

/* Jobs inherit signal dispositions, the mask and the umask: none of Java's may get through. */
static void clean_process(void)
{
    sigset_t none;
    for (int i = 1; i < NSIG; i++)
        signal(i, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    umask(022);
    prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0); /* deadlines to the microsecond; init restores the usual value */
    sys_close_range(3, ~0U);
    syscall(SYS_keyctl, 1 /* KEYCTL_JOIN_SESSION_KEYRING */, NULL); /* the service's keys stay with the service */
}

int main(int argc, char **argv)
{
    static struct slot s = { /* no descriptor is open yet */
        .workspace = -1, .host_mounts = -1, .own_mounts = -1, .template_root = -1, .user_ns = -1, .ns_dir = -1,
        .oom_score = -1, .dev_null = -1, .spare_workspace = -1, .spare_tmp = -1, .cgroup_dir = -1, .cgroup_kill = -1,
        .oom_file = -1, .pids_file = -1,
    };
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (argc != 3 || strcmp(argv[1], "--socket") != 0 || strlen(argv[2]) >= sizeof address.sun_path) {
        fprintf(stderr, "usage: mayfly-launcher --socket PATH   (started by mayfly, not by hand)\n");
        return 64;
    }
    scratch_make();
    strcpy(address.sun_path, argv[2]);
    clean_process();
    s.java.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s.java.fd < 0 || connect(s.java.fd, (struct sockaddr *)&address, sizeof address) < 0) {
        fprintf(stderr, "mayfly-launcher: connect to %s: %s\n", argv[2], strerror(errno));
        return 69;
    }
    serve(&s);
    return 0;
}
