/*
 * mayfly-enter: shows one environment to one tree of processes, and keeps it for as long as one of them lives.
 *
 * Java starts it as `mayfly-enter --socket PATH`. It connects to the Unix stream socket at PATH, reads one plan and answers
 * with lines:
 *     entered PID START NAMESPACE        the keeper stands and the command is about to start; START in clock ticks after
 *                                        boot, NAMESPACE the inode of the mount namespace
 *     failed STEP ERRNO TEXT             nothing ran (ERRNO 0: not a system error); nothing is left
 *     ended STATUS BYTES LIMIT FULL      the command's exit status as a shell counts it; what the changes take in memory,
 *                                        what they may take (0 0 when they are not in memory), and 1 when no room is left
 *
 * Or a shell becomes `mayfly-enter --ask PATH SCRIPT WORDS…`, with the command line `mayfly WORDS…`. Then it asks the service
 * of environments at PATH for the plan (ask.c), and goes on as above; the service hears the lines. After "failed" it answers
 * with a plan of `exit` and `error`, which is all that a refusal has, too. When the service is not there, or leaves it to
 * Java (`elsewhere`), this process becomes SCRIPT WORDS….
 *
 * The plan is u32 length (little-endian, at most PLAN_MAX) and then pairs `key NUL value NUL`, see plan.c. Whatever is not
 * exactly that is refused.
 *
 * Three processes:
 *   entrance  what Java or a shell waits for. Stays outside of the new namespace, passes signals on, ends with the
 *             command's status.
 *   keeper    child of the entrance and root process of the runtime. Makes the mount namespace, is the subreaper of all that
 *             is started in it (prctl(2)), and holds a shared lock on FOLDER/life. When its last child is gone it waits for
 *             the lock to be its own, which is when the keepers of those who joined are gone too, and takes the runtime down.
 *   command   a child of the keeper in the session and process group of the entrance, so that a terminal works.
 *
 * Threat model. The plan comes from whoever may start this program as himself: it is never to be set-user-id and refuses to
 * run so. A plan cannot do more than its author can. Paths in it are resolved without following links, because folders of a
 * runtime's owner lie on the way. The command is not confined; that is the sandbox's work.
 */
#ifndef MAYFLY_ENTER_H
#define MAYFLY_ENTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { PLAN_MAX = 4 << 20, BINDS_MAX = 64, GROUPS_LIMIT = 256, WORDS_MAX = 16384, EXIT_SETUP = 70, EXIT_INTERNAL = 4 };

enum mode { MODE_RUN = 1, MODE_JOIN };
enum edit { EDIT_NONE = 0, EDIT_MEMORY, EDIT_DISK };

struct bind { const char *root, *source, *destination; bool writable; };

struct plan {
    enum mode mode;
    enum edit edit;
    const char *id, *folder, *lower, *target, *cwd, *startup;
    uint64_t bytes, inodes;
    bool rootless, no_new_privs;
    uint32_t uid, gid;
    gid_t groups[GROUPS_LIMIT];
    size_t group_count;
    struct bind binds[BINDS_MAX];
    size_t bind_count;
    pid_t keeper, space; /* whom to join; whose namespaces `lower` is in, 0 for those of who starts this */
    uint64_t keeper_start, space_start;
    char **argv, **envp;
    size_t argc, envc;
    const char *error; /* nothing is to be run: this is to be told */
    int exit;          /* and this is the exit code then */
    bool elsewhere;    /* nothing is to be run here */
};

/* What the keeper tells the entrance when the command has ended; status is that of wait(2). */
struct ending { int status; uint64_t used, limit, full; };

/* ---- main.c ---- */
/* Tells Java why nothing runs, and ends this process. errno goes with it unless it is 0. */
_Noreturn void fail(const char *step, const char *format, ...) __attribute__((format(printf, 2, 3)));
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void hang_up(void); /* this process has told Java all it has to tell */

/* ---- ask.c ---- */
/* Asks for the plan of a command line; false when it is not understood, or cannot be asked. */
bool ask(int socket, char **words);

/* ---- plan.c ---- */
struct plan *plan_read(int socket);

/* ---- place.c: the mount namespace ---- */
void place_make(const struct plan *p);
void place_take_down(const struct plan *p);
/* Bytes in use and allowed of the file system of changes; false when they are not in memory. */
bool place_usage(const struct plan *p, uint64_t *used, uint64_t *limit, bool *full);
int open_folder(int at, const char *path, uint64_t resolve);

/* ---- keeper.c ---- */
/* Enters the namespaces of the process that has this number and this start; `gone` is the step that fails when it has none. */
void enter_space(pid_t pid, uint64_t start, bool rootless, const char *gone);
/* Runs in a child of the entrance; `entrance` is its end of the socket pair between the two. */
_Noreturn void keeper_main(const struct plan *p, int entrance);
uint64_t process_start(pid_t pid);

/* ---- command.c ---- */
_Noreturn void command_main(const struct plan *p);

#endif
