/* One run: start init, then a single poll loop over output, denials, deadline, Java and the end of the pid namespace. */
#define _GNU_SOURCE
#include "launcher.h"
#include "sys.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>

enum { DRAIN_MAX = 4 << 20 };
static const uint64_t CPU_TICK_NS = 10000000, DIES_SOON_NS = 1000000000, DIES_WITHIN_NS = 10000000000;

struct run {
    struct slot *slot;
    struct job *job;
    struct outcome *o;
    int pidfd, socket, notify;
    pid_t pid;
    bool killed_again;
    uint64_t begin_ns, kill_ns; /* kill_ns 0 = not killed */
    uint64_t dying_ns;          /* since when nothing should be left: killed, or the main process was seen to have ended */
    uint64_t cpu_before[CPU_FILES_MAX], own_cpu_before, oom_before, pids_before;
};

uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* ---- evidence from cgroup files ---- */

/* The number after key at the start of a line; the first number of the file when key is empty. */
static uint64_t read_counter(int fd, const char *key)
{
    char text[4096];
    if (fd < 0)
        return 0;
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    if (n <= 0)
        return 0;
    text[n] = 0;
    size_t length = strlen(key);
    for (char *line = text; line; line = strchr(line, '\n'), line = line ? line + 1 : NULL)
        if (strncmp(line, key, length) == 0)
            return strtoull(line + length, NULL, 10);
    return 0;
}

static uint64_t read_cpu(int fd)
{
    char first = 0;
    if (pread(fd, &first, 1, 0) == 1 && first >= '0' && first <= '9')
        return read_counter(fd, "");
    return read_counter(fd, "usage_usec ") * 1000;
}

static uint64_t own_cpu(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000000
        + (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1000;
}

static uint64_t since(uint64_t now, uint64_t before) { return now > before ? now - before : 0; }

static uint64_t job_cpu(const struct run *r)
{
    uint64_t most = 0;
    for (unsigned i = 0; i < r->slot->cpu_file_count; i++) {
        uint64_t used = since(read_cpu(r->slot->cpu_files[i]), r->cpu_before[i]);
        if (r->slot->cpu_file_has_launcher[i])
            used = since(used, since(own_cpu(), r->own_cpu_before));
        if (used > most)
            most = used;
    }
    return most;
}

static void read_baseline(struct run *r)
{
    for (unsigned i = 0; i < r->slot->cpu_file_count; i++)
        r->cpu_before[i] = read_cpu(r->slot->cpu_files[i]);
    r->own_cpu_before = own_cpu();
    r->oom_before = read_counter(r->slot->oom_file, "oom_kill ");
    r->pids_before = read_counter(r->slot->pids_file, "max ");
}

/* ---- output: head and tail are kept, the rest is counted; the job never blocks on a reader ---- */

static void keep(struct stream *s, const uint8_t *bytes, size_t length)
{
    if (s->total < s->head_cap) {
        size_t n = s->head_cap - s->total < length ? s->head_cap - s->total : length;
        memcpy(s->head + s->total, bytes, n);
        s->total += n;
        bytes += n;
        length -= n;
    }
    if (length > s->tail_cap) { /* only the last tail_cap bytes can matter */
        s->total += length - s->tail_cap;
        bytes += length - s->tail_cap;
        length = s->tail_cap;
    }
    while (length > 0) {
        size_t at = (s->total - s->head_cap) % s->tail_cap;
        size_t n = s->tail_cap - at < length ? s->tail_cap - at : length;
        memcpy(s->tail + at, bytes, n);
        s->total += n;
        bytes += n;
        length -= n;
    }
}

/* False when the pipe is finished or empty. */
static bool drain(struct stream *s)
{
    ssize_t n = read(s->fd, scratch->chunk, CHUNK);
    if (n > 0) {
        keep(s, scratch->chunk, (size_t)n);
        return true;
    }
    if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        close(s->fd);
        s->fd = -1;
    }
    return false;
}

static int make_streams(struct run *r, int writers[2], struct fault *fault)
{
    const struct job *j = r->job;
    struct outcome *o = r->o;
    o->memory_size = 2 * (size_t)(j->head + j->tail);
    if (o->memory_size > 0) {
        o->memory = mmap(NULL, o->memory_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (o->memory == MAP_FAILED) {
            o->memory_size = 0;
            return fault_set(fault, "output", "no memory for the output kept");
        }
        madvise(o->memory, o->memory_size, MADV_DONTFORK);
    }
    uint8_t *at = o->memory;
    for (int i = 0; i < 2; i++) {
        int ends[2];
        struct stream *s = &o->streams[i];
        *s = (struct stream){.fd = -1, .head = at, .head_cap = j->head, .tail = at ? at + j->head : NULL, .tail_cap = j->tail};
        at = at ? at + j->head + j->tail : NULL;
        if (pipe2(ends, O_CLOEXEC) < 0)
            return fault_set(fault, "output", "pipe");
        s->fd = ends[0];
        writers[i] = ends[1];
        /* The job owns its pipes, so that it can open /dev/stdout; only our end is non-blocking. */
        if (fcntl(s->fd, F_SETFL, O_NONBLOCK) < 0
            || (!r->slot->rootless && fchown(ends[1], r->slot->uid + 1, r->slot->gid + 1) < 0))
            return fault_set(fault, "output", "pipe");
    }
    return 0;
}

/* ---- denied system calls ---- */

static void record_denied(struct outcome *o, const struct seccomp_data *d)
{
    unsigned i = 0;
    while (i < o->denied_count && (o->denied[i].nr != (uint32_t)d->nr || o->denied[i].arch != d->arch))
        i++;
    if (i == DENIED_MAX)
        i--; /* more kinds than anyone reads: counted with the last one */
    if (i == o->denied_count)
        o->denied[o->denied_count++] = (struct denied){d->arch, (uint32_t)d->nr, 0, {d->args[0], d->args[1], d->args[2]}};
    o->denied[i].count++;
}

static void answer_denied(struct run *r)
{
    static union { struct seccomp_notif n; char room[512]; } request;
    static union { struct seccomp_notif_resp r; char room[512]; } response;
    memset(&request, 0, sizeof request);
    if (ioctl(r->notify, SECCOMP_IOCTL_NOTIF_RECV, &request) < 0)
        return; /* the caller was killed in between */
    record_denied(r->o, &request.n.data);
    memset(&response, 0, sizeof response);
    response.r.id = request.n.id;
    response.r.error = -EPERM;
    ioctl(r->notify, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

/* ---- life and death ---- */

static void kill_job(struct run *r, uint64_t reason)
{
    r->o->reason |= reason;
    if (r->kill_ns)
        return;
    r->kill_ns = now_ns();
    syscall(SYS_pidfd_send_signal, r->pidfd, SIGKILL, NULL, 0); /* the kernel kills the whole pid namespace with init */
}

/*
 * Only when the pid namespace has not emptied in a second. Not at once, because from Linux 6.14 on (seen on 6.18) a group
 * that was killed once kills every later CLONE_INTO_CGROUP into it: the clone compares the kill counter of the new group
 * with that of the parent's own group. Such a slot then refuses its next job and must be replaced with a fresh group.
 */
static void kill_again(struct run *r)
{
    if (r->killed_again)
        return;
    r->killed_again = true;
    if (r->slot->cgroup_kill >= 0 && r->slot->cgroup_dir >= 0 && pwrite(r->slot->cgroup_kill, "1", 1, 0) == 1)
        r->slot->group_was_killed = true;
    syscall(SYS_pidfd_send_signal, r->pidfd, SIGKILL, NULL, 0);
}

static int start_init(struct run *r, struct fault *fault)
{
    int pair[2], writers[2] = {-1, -1};
    struct slot *s = r->slot;
    if (make_streams(r, writers, fault) < 0)
        goto failed;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
        fault_set(fault, "init", "socket pair");
        goto failed;
    }
    struct clone_args args = {
        .flags = CLONE_NEWPID | CLONE_NEWNS | CLONE_PIDFD | (s->ipc_fresh ? 0 : CLONE_NEWIPC)
            | (s->cgroup_dir >= 0 ? CLONE_INTO_CGROUP : 0),
        .pidfd = (uint64_t)(uintptr_t)&r->pidfd,
        .exit_signal = SIGCHLD,
        .cgroup = s->cgroup_dir >= 0 ? (uint64_t)s->cgroup_dir : 0,
    };
    r->begin_ns = now_ns();
    /* The job must be the first victim when memory runs out. It inherits the score, because its own /proc is read-only;
       coming back down to the own value needs no privilege. */
    if (pwrite(s->oom_score, "1000", 4, 0) != 4) {
        fault_set(fault, "oom-score", "make the job the first victim");
        goto failed_pair;
    }
    s->ipc_fresh = false;
    *s->report = (struct report){.slot = s, .job = r->job, .listener = -1};
    r->pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
    if (r->pid == 0)
        init_main(s, r->job, pair[1], writers[0], writers[1]);
    int clone_errno = errno;
    if (pwrite(s->oom_score, s->oom_score_own, strlen(s->oom_score_own), 0) < 0)
        protocol_error(&s->java, "cannot take back the out-of-memory score: %s", strerror(errno));
    errno = clone_errno;
    if (r->pid < 0)
        fault_set(fault, "namespaces", "clone into pid, mount and ipc namespaces%s",
                  s->cgroup_dir >= 0 ? " and the v2 control group" : "");
    r->socket = pair[0];
    close(pair[1]);
    close(writers[0]);
    close(writers[1]);
    return r->pid < 0 ? -1 : 0;
failed_pair:
    close(pair[0]);
    close(pair[1]);
failed:
    for (int i = 0; i < 2; i++)
        if (writers[i] >= 0)
            close(writers[i]);
    return -1;
}

static void report_started(struct run *r)
{
    r->o->started = true;
    if (r->job->trial)
        return;
    out_begin(STARTED);
    out_u64(STARTED_PID, (uint64_t)r->pid);
    out_u64(STARTED_SETUP_NS, now_ns() - r->job->received_ns);
    out_send(&r->slot->java);
}

/* The only thing init ever says: the job has started, here is its seccomp listener. */
static void hear_init(struct run *r)
{
    char byte, control[CMSG_SPACE(sizeof(int))];
    struct iovec data = {&byte, 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t n = recvmsg(r->socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
        memcpy(&r->notify, CMSG_DATA(c), sizeof r->notify);
    if (r->notify >= 0) /* a denial costs 4 instead of 40 microseconds; older kernels than 6.6 do without */
        ioctl(r->notify, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
    if (n > 0) {
        report_started(r);
    } else {
        close(r->socket);
        r->socket = -1;
    }
}

static void hear_java(struct run *r)
{
    switch (conn_poll_cancel(&r->slot->java)) {
    case NO_CANCEL: break;
    case CANCELLED: kill_job(r, REASON_CANCELLED); break;
    case CLOSED: r->o->java_gone = true; kill_job(r, REASON_CANCELLED); break;
    }
}

/* Acts on deadlines that have passed; returns how long poll may sleep. */
static struct timespec next_wake(struct run *r)
{
    uint64_t now = now_ns(), wake = r->begin_ns + r->job->wall_ns;
    if (r->dying_ns == 0 && (r->kill_ns || r->slot->report->done))
        r->dying_ns = now;
    if (r->dying_ns) {
        if (now - r->dying_ns > DIES_WITHIN_NS)
            protocol_error(&r->slot->java, "processes of the job survived SIGKILL for 10 s (stuck in the kernel)");
        if (now - r->dying_ns >= DIES_SOON_NS)
            kill_again(r);
        wake = r->dying_ns + (r->killed_again ? DIES_WITHIN_NS + 1 : DIES_SOON_NS);
    } else if (now >= wake) {
        kill_job(r, REASON_WALL);
        wake = now + DIES_SOON_NS;
    } else if (r->job->cpu_ns > 0) {
        if (job_cpu(r) >= r->job->cpu_ns)
            kill_job(r, REASON_CPU);
        if (wake > now + CPU_TICK_NS)
            wake = now + CPU_TICK_NS;
    }
    uint64_t left = since(wake, now);
    return (struct timespec){(time_t)(left / 1000000000), (long)(left % 1000000000)};
}

static void supervise(struct run *r)
{
    enum { PIDFD, SOCKET, OUT, ERR, NOTIFY, JAVA, COUNT };
    for (;;) {
        struct stream *streams = r->o->streams;
        struct pollfd p[COUNT] = {
            [PIDFD] = {.fd = r->pidfd, .events = POLLIN}, [SOCKET] = {.fd = r->socket, .events = POLLIN},
            [OUT] = {.fd = streams[0].fd, .events = POLLIN}, [ERR] = {.fd = streams[1].fd, .events = POLLIN},
            [NOTIFY] = {.fd = r->notify, .events = POLLIN},
            [JAVA] = {.fd = r->o->java_gone ? -1 : r->slot->java.fd, .events = POLLIN},
        };
        struct timespec wait = next_wake(r);
        if (ppoll(p, COUNT, &wait, NULL) < 0 && errno != EINTR)
            protocol_error(&r->slot->java, "poll: %s", strerror(errno));
        if (p[SOCKET].revents)
            hear_init(r);
        for (int i = 0; i < 2; i++)
            if (p[OUT + i].revents)
                drain(&streams[i]);
        if (p[NOTIFY].revents & POLLIN)
            answer_denied(r);
        else if (p[NOTIFY].revents) {
            close(r->notify);
            r->notify = -1;
        }
        if (p[JAVA].revents)
            hear_java(r);
        if (p[PIDFD].revents)
            return;
    }
}

/* A file system without a free page or inode at the end: something got ENOSPC, or was about to. */
static bool is_full(int root)
{
    struct statfs fs;
    return root >= 0 && fstatfs(root, &fs) == 0 && (fs.f_bfree == 0 || fs.f_ffree == 0);
}

/* Everything of the job is dead: collect what is left in buffers and counters. */
static void finish(struct run *r)
{
    struct outcome *o = r->o;
    struct rusage usage;
    uint64_t end = now_ns();
    struct report *report = r->slot->report;
    int status = 0;
    while (wait4(r->pid, &status, 0, &usage) < 0 && errno == EINTR)
        ;
    if (r->socket >= 0 && !o->started)
        hear_init(r);
    if (report->fault.step[0]) {
        o->refused = true;
        o->fault = report->fault;
    }
    o->status = report->status;
    for (int i = 0; i < 2; i++)
        for (uint64_t limit = o->streams[i].total + DRAIN_MAX; o->streams[i].fd >= 0 && o->streams[i].total < limit;)
            if (!drain(&o->streams[i]))
                break;
    o->wall_ns = end - r->begin_ns;
    o->kill_ns = r->kill_ns ? end - r->kill_ns : 0;
    o->maxrss_kb = (uint64_t)usage.ru_maxrss;
    o->cpu_ns = r->slot->cpu_file_count > 0
        ? job_cpu(r)
        : (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000
            + (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
    o->oom_count = since(read_counter(r->slot->oom_file, "oom_kill "), r->oom_before);
    o->pids_count = since(read_counter(r->slot->pids_file, "max "), r->pids_before);
    o->reason |= (o->oom_count ? REASON_OOM : 0) | (o->pids_count ? REASON_PIDS : 0)
        | (is_full(r->job->workspace) || is_full(r->job->tmp) ? REASON_DISK : 0);
    if (!report->done && !o->refused) {
        o->status = SIGKILL;
        if (!o->started && !r->kill_ns && !o->oom_count) {
            errno = 0;
            o->refused = true;
            fault_set(&o->fault, "init", "ended during set-up with wait status %d%s", status,
                      r->slot->group_was_killed ? " (its control group was killed before: replace the slot)" : "");
        }
    }
}

void run_job(struct slot *s, struct job *j, struct outcome *o)
{
    struct run r = {.slot = s, .job = j, .o = o, .pidfd = -1, .socket = -1, .notify = -1};
    o->streams[0].fd = o->streams[1].fd = -1;
    read_baseline(&r);
    if (start_init(&r, &o->fault) < 0) {
        o->refused = true;
    } else {
        supervise(&r);
        finish(&r);
    }
    int fds[] = {r.pidfd, r.socket, r.notify, o->streams[0].fd, o->streams[1].fd};
    for (unsigned i = 0; i < sizeof fds / sizeof *fds; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

void outcome_release(struct outcome *o)
{
    if (o->memory_size > 0)
        munmap(o->memory, o->memory_size);
    o->memory_size = 0;
}
