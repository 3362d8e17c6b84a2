/*
 * The agent inside a machine: mayfly-guest HOOK
 *
 * Speaks with the host over a port of virtio-serial that only the hypervisor can reach, in lines. It says nothing by
 * itself. A machine has no identity before the first line "identity", and takes only lines with that line's nonce after
 * it. That is what makes one saved state good for many machines: nothing in it is secret or anybody's own.
 *
 *   hello                                             guest 1 waiting | guest 1 ready
 *   prepare                                           prepared | denied, once it has an identity
 *   identity nonce=HEX name=WORD machine=HEX mac=MAC clock=SECONDS.NANOS seed=HEX key=BASE64
 *                                                     ready NONCE HOSTKEY | failed NONCE why
 *   status nonce=HEX                                  status NONCE STATE UPTIME [runner=NAME repository=OWNER/NAME]
 *   exec nonce=HEX seconds=N command=BASE64           result NONCE EXIT BASE64
 *   anything else, or another nonce                   denied
 *
 * STATE is idle, running or finished: that of the script. Once there is a runner of GitHub it is that runner's, which can
 * also be preparing: it has a job, and has not begun with its first step.
 *
 * A second "identity" with the same nonce changes name, machine, address and clock, and keeps keys and host key.
 *
 * HOOK is the template's own: a program that lets the key in and starts the SSH server. It finds MAYFLY_KEY and
 * MAYFLY_NAME in its environment and prints the public host key as a line. With the word "prepare" it reads ahead what it
 * will need, before the machine is saved.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PORT "dev.mayfly.guest.0"
#define CARD "eth0"
#define UUID "/sys/devices/virtual/dmi/id/product_uuid"
#define LONGEST_LINE (64 * 1024)
#define MOST_OUTPUT (32 * 1024)
#define HOOK_SECONDS 60
#define MOST_SECONDS 600
#define SEED_BYTES 64
#define NONCE_LETTERS 32

static int port = -1;
static char nonce[NONCE_LETTERS + 1];
static char hostkey[1024];

/* --- lines -------------------------------------------------------------------------------------------------------- */

static void say(const char *format, ...) {
    static char line[2 * MOST_OUTPUT];
    va_list values;
    va_start(values, format);
    int length = vsnprintf(line, sizeof line - 1, format, values);
    va_end(values);
    if (length < 0 || length >= (int)sizeof line - 1) return;
    line[length++] = '\n';
    for (int done = 0; done < length;) {
        ssize_t n = write(port, line + done, (size_t)(length - done));
        if (n < 0 && errno != EINTR) return;
        if (n > 0) done += (int)n;
    }
}

/* The value of "name=value" in a line, or 0. */
static char *field(char *line, const char *name, char *into, size_t room) {
    size_t letters = strlen(name);
    for (char *at = strchr(line, ' '); at; at = strchr(at, ' ')) {
        at++;
        if (strncmp(at, name, letters) == 0 && at[letters] == '=') {
            size_t length = strcspn(at + letters + 1, " ");
            if (length >= room) return 0;
            memcpy(into, at + letters + 1, length);
            into[length] = 0;
            return into;
        }
    }
    return 0;
}

static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int from_base64(const char *text, char *bytes, int room) {
    unsigned held = 0;
    int bits = 0, length = 0;
    for (; *text && *text != '='; text++) {
        const char *digit = strchr(DIGITS, *text);
        if (!digit || length >= room - 1) return -1;
        held = held << 6 | (unsigned)(digit - DIGITS);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes[length++] = (char)(held >> bits & 0xff);
        }
    }
    bytes[length] = 0;
    return length;
}

static void to_base64(const unsigned char *bytes, int length, char *text) {
    for (int i = 0; i < length; i += 3) {
        unsigned held = (unsigned)bytes[i] << 16 | (i + 1 < length ? (unsigned)bytes[i + 1] << 8 : 0u) |
                        (i + 2 < length ? bytes[i + 2] : 0u);
        *text++ = DIGITS[held >> 18 & 63];
        *text++ = DIGITS[held >> 12 & 63];
        *text++ = i + 1 < length ? DIGITS[held >> 6 & 63] : '=';
        *text++ = i + 2 < length ? DIGITS[held & 63] : '=';
    }
    *text = 0;
}

/* Always over the whole length, so that time tells nothing. */
static int is_mine(const char *other) {
    if (!nonce[0] || strlen(other) != strlen(nonce)) return 0;
    int differs = 0;
    for (size_t i = 0; nonce[i]; i++) differs |= nonce[i] ^ other[i];
    return !differs;
}

/* --- programs ----------------------------------------------------------------------------------------------------- */

static long now_millis(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Runs it to its end, or kills it and all of its group. Its output is cut off at room. Returns the exit code; 128 and
 * the signal's number for one that was killed, -1 for one that took too long. */
static int run(char *const words[], int seconds, char *output, int room, int *length) {
    int ends[2];
    *length = 0;
    if (pipe2(ends, O_CLOEXEC) < 0) return -1;
    pid_t child = fork();
    if (child == 0) {
        setsid();
        int nothing = open("/dev/null", O_RDWR);
        dup2(nothing, 0);
        dup2(ends[1], 1);
        dup2(ends[1], 2);
        int score = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
        if (score >= 0 && write(score, "0", 1) < 0) _exit(126);
        execv(words[0], words);
        _exit(127);
    }
    close(ends[1]);
    if (child < 0) {
        close(ends[0]);
        return -1;
    }
    /* A daemon that the program leaves behind may keep the pipe open, so the program's own end is looked for as well. */
    int life = (int)syscall(SYS_pidfd_open, child, 0);
    long until = now_millis() + seconds * 1000L;
    int status = 0, ended = 0;
    char dropped[4096];
    struct pollfd look[] = {{ends[0], POLLIN, 0}, {life, POLLIN, 0}};
    while (!ended) {
        long left = until - now_millis();
        if (left <= 0) break;
        int ready = poll(look, 2, life < 0 && left > 20 ? 20 : (int)left);
        if (ready > 0 && look[0].revents) {
            int space = room - 1 - *length;
            ssize_t n = space > 0 ? read(ends[0], output + *length, (size_t)space) : read(ends[0], dropped, sizeof dropped);
            if (n > 0 && space > 0) *length += (int)n;
            if (n > 0) continue;
            look[0].fd = -1;
        }
        ended = waitpid(child, &status, WNOHANG) == child;
    }
    if (life >= 0) close(life);
    if (!ended) {
        kill(-child, SIGKILL);
        waitpid(child, &status, 0);
    }
    close(ends[0]);
    output[*length] = 0;
    if (!ended) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* --- identity ----------------------------------------------------------------------------------------------------- */

#ifdef MAYFLY_SLOT

/* A slot has the host's random numbers and clock, no card, and was named before it began. */
static const char *become(char *line) {
    char value[1024];
    if (!field(line, "name", value, sizeof value)) return "there is no name";
    setenv("MAYFLY_NAME", value, 1);
    return 0;
}

#else

static int put(const char *path, const char *text) {
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0444);
    if (file < 0) return -1;
    ssize_t n = write(file, text, strlen(text));
    close(file);
    return n == (ssize_t)strlen(text) ? 0 : -1;
}

static int from_hex(const char *text, unsigned char *bytes, int room) {
    int length = 0;
    for (; isxdigit((unsigned char)text[0]) && isxdigit((unsigned char)text[1]) && length < room; text += 2) {
        unsigned byte;
        sscanf(text, "%2x", &byte);
        bytes[length++] = (unsigned char)byte;
    }
    return *text ? -1 : length;
}

/* Writing to /dev/urandom would not do: the generator reads what was mixed in only when it next reseeds (random(4)). */
static const char *reseed(const char *hex) {
    struct {
        int bits, bytes;
        unsigned char seed[SEED_BYTES];
    } entropy;
    int length = from_hex(hex, entropy.seed, SEED_BYTES);
    if (length < 32) return "the seed is too short";
    entropy.bytes = length;
    entropy.bits = length * 8;
    int file = open("/dev/urandom", O_RDWR | O_CLOEXEC);
    if (file < 0) return "no random numbers";
    int failed = ioctl(file, RNDADDENTROPY, &entropy) < 0 || ioctl(file, RNDRESEEDCRNG) < 0;
    close(file);
    return failed ? "the random numbers cannot be seeded anew" : 0;
}

static const char *readdress(const char *mac) {
    struct ifreq request = {0};
    unsigned char *bytes = (unsigned char *)request.ifr_hwaddr.sa_data;
    if (sscanf(mac, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx", bytes, bytes + 1, bytes + 2, bytes + 3, bytes + 4,
               bytes + 5) != 6)
        return "this is no address of a card";
    strcpy(request.ifr_name, CARD);
    request.ifr_hwaddr.sa_family = ARPHRD_ETHER;
    int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int failed = any < 0 || ioctl(any, SIOCSIFHWADDR, &request) < 0;
    if (any >= 0) close(any);
    return failed ? "the card does not take its address" : 0;
}

/* The table of the firmware lies in the saved memory and is that of the saved machine; it is shown as it should be. */
static void cover_uuid(const char *machine) {
    char text[64];
    snprintf(text, sizeof text, "%.8s-%.4s-%.4s-%.4s-%.12s\n", machine, machine + 8, machine + 12, machine + 16,
             machine + 20);
    umount2(UUID, MNT_DETACH);
    if (put("/run/mayfly-uuid", text) == 0 && mount("/run/mayfly-uuid", UUID, 0, MS_BIND, 0) < 0)
        unlink("/run/mayfly-uuid");
}

static const char *become(char *line) {
    char value[1024], seconds[64];
    const char *wrong;
    if (!field(line, "seed", value, sizeof value)) return "there is no seed";
    if ((wrong = reseed(value))) return wrong;
    if (!field(line, "clock", seconds, sizeof seconds)) return "there is no time";
    struct timespec time = {0};
    if (sscanf(seconds, "%ld.%9ld", &time.tv_sec, &time.tv_nsec) != 2 || clock_settime(CLOCK_REALTIME, &time) < 0)
        return "the clock cannot be set";
    if (!field(line, "mac", value, sizeof value)) return "there is no address of the card";
    if ((wrong = readdress(value))) return wrong;
    if (!field(line, "machine", value, sizeof value) || strlen(value) != 32) return "there is no identifier";
    cover_uuid(value);
    strcat(value, "\n");
    unlink("/etc/machine-id");
    if (put("/etc/machine-id", value) < 0) return "the identifier cannot be written";
    if (!field(line, "name", value, sizeof value - 1) || sethostname(value, strlen(value)) < 0)
        return "the name cannot be set";
    setenv("MAYFLY_NAME", value, 1);
    strcat(value, "\n");
    return put("/etc/hostname", value) < 0 ? "the name cannot be written" : 0;
}

#endif

/* Lets the key in and starts the SSH server, once in the life of a machine. */
static const char *open_door(char *hook, char *line) {
    char key[2048], text[1024], said[8192];
    int length;
    if (!field(line, "key", key, sizeof key) || from_base64(key, text, sizeof text) < 0) return "there is no key";
    setenv("MAYFLY_KEY", text, 1);
    int code = run((char *[]){hook, 0}, HOOK_SECONDS, said, sizeof said, &length);
    unsetenv("MAYFLY_KEY");
    if (code != 0) return "the template's hook failed";
    for (char *each = strtok(said, "\n"); each; each = strtok(0, "\n")) {
        if (strncmp(each, "ssh-", 4) == 0 || strncmp(each, "ecdsa-", 6) == 0) {
            snprintf(hostkey, sizeof hostkey, "%s", each);
            /* Type and key; a comment may follow, and is not for the host. */
            char *end = strchr(hostkey, ' ');
            if (end && (end = strchr(end + 1, ' '))) *end = 0;
            return 0;
        }
    }
    return "the template's hook names no host key";
}

static void identity(char *hook, char *line) {
    char claimed[NONCE_LETTERS + 1];
    if (!field(line, "nonce", claimed, sizeof claimed) || strlen(claimed) != NONCE_LETTERS ||
        (nonce[0] && !is_mine(claimed))) {
        say("denied");
        return;
    }
    strcpy(nonce, claimed);
    const char *wrong = become(line);
    if (!wrong && !hostkey[0]) wrong = open_door(hook, line);
    if (wrong)
        say("failed %s %s", nonce, wrong);
    else
        say("ready %s %s", nonce, hostkey);
}

static void prepare(char *hook) {
    char said[1024];
    int length;
    if (nonce[0])
        say("denied");
    else if (run((char *[]){hook, "prepare", 0}, HOOK_SECONDS, said, sizeof said, &length) == 0)
        say("prepared");
    else
        say("failed - the template's hook failed");
}

/* --- GitHub's runner ---------------------------------------------------------------------------------------------- */

/* Its folder: where it is usually, until one is seen to run elsewhere. */
static char runner[512] = "/opt/actions-runner";

/* Whether a process of this program is there; with its folder when that is asked for: FOLDER/bin/NAME. */
static int is_running(const char *name, char *folder, size_t room) {
    DIR *all = opendir("/proc");
    int found = 0;
    for (struct dirent *each; all && !found && (each = readdir(all));) {
        char path[512], program[512];
        if (!isdigit((unsigned char)each->d_name[0])) continue;
        snprintf(path, sizeof path, "/proc/%.20s/exe", each->d_name);
        ssize_t n = readlink(path, program, sizeof program - 1);
        if (n <= 0) continue;
        program[n] = 0;
        char *end = strrchr(program, '/');
        if (!end || strcmp(end + 1, name) != 0) continue;
        found = 1;
        *end = 0;
        end = strrchr(program, '/');
        if (end && folder && strlen(program) < room) {
            *end = 0;
            strcpy(folder, program);
        }
    }
    if (all) closedir(all);
    return found;
}

/* Whether a file that begins like that is in a folder of the runner's. */
static int has_file(const char *folder, const char *begin) {
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", runner, folder);
    DIR *all = opendir(path);
    int found = 0;
    for (struct dirent *each; all && !found && (each = readdir(all));)
        found = each->d_name[0] != '.' && strncmp(each->d_name, begin, strlen(begin)) == 0;
    if (all) closedir(all);
    return found;
}

/* The text of a member of .runner, which is an object of texts and numbers; what is no word of a line is left out. */
static void member(const char *name, char *into, size_t room) {
    char path[1024], text[4096], mark[64];
    *into = 0;
    snprintf(path, sizeof path, "%s/.runner", runner);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    ssize_t n = read(file, text, sizeof text - 1);
    close(file);
    if (n <= 0) return;
    text[n] = 0;
    snprintf(mark, sizeof mark, "\"%s\"", name);
    char *at = strstr(text, mark);
    if (!at) return;
    at += strlen(mark);
    at += strspn(at, ": \t\r\n");
    if (*at++ != '"') return;
    size_t length = strcspn(at, "\"");
    if (length >= room) return;
    memcpy(into, at, length);
    into[length] = 0;
    for (char *letter = into; *letter; letter++)
        if (*letter <= ' ' || *letter > '~' || *letter == '\\') *into = 0;
}

/* What it does; 0 when there is none. It is for one job, and leaves a log of each that it has had. */
static const char *runner_state(void) {
    char work[256], steps[512];
    int listener = is_running("Runner.Listener", runner, sizeof runner);
    member("workFolder", work, sizeof work);
    snprintf(steps, sizeof steps, "%s/_temp/_runner_file_commands", *work ? work : "_work");
    if (is_running("Runner.Worker", 0, 0)) return has_file(steps, "") ? "running" : "preparing";
    if (has_file("_diag", "Worker_")) return "finished";
    return listener ? "idle" : 0;
}

/* --- what the host asks ------------------------------------------------------------------------------------------- */

static void status(void) {
    char uptime[64] = "0";
    int file = open("/proc/uptime", O_RDONLY | O_CLOEXEC);
    ssize_t n = file < 0 ? 0 : read(file, uptime, sizeof uptime - 1);
    if (file >= 0) close(file);
    if (n > 0) uptime[strcspn(uptime, " ")] = 0;
    const char *work = access("/run/mayfly/exit", F_OK) == 0     ? "finished"
                       : access("/run/mayfly/script", F_OK) == 0 ? "running"
                                                                 : "idle";
    const char *doing = runner_state();
    char name[256], url[512];
    member("agentName", name, sizeof name);
    member("gitHubUrl", url, sizeof url);
    char *host = strstr(url, "//");
    char *repository = host ? strchr(host + 2, '/') : 0;
    if (*name)
        say("status %s %s %s runner=%s repository=%s", nonce, doing ? doing : work, uptime, name,
            repository ? repository + 1 : "");
    else
        say("status %s %s %s", nonce, doing ? doing : work, uptime);
}

static void execute(char *line) {
    static char command[LONGEST_LINE], text[LONGEST_LINE], said[MOST_OUTPUT], coded[MOST_OUTPUT / 3 * 4 + 8];
    char number[16];
    int seconds = field(line, "seconds", number, sizeof number) ? atoi(number) : 0;
    if (seconds < 1 || seconds > MOST_SECONDS || !field(line, "command", command, sizeof command) ||
        from_base64(command, text, sizeof text) < 0) {
        say("denied");
        return;
    }
    int length;
    int code = run((char *[]){"/bin/sh", "-c", text, 0}, seconds, said, sizeof said, &length);
    to_base64((unsigned char *)said, length, coded);
    say("result %s %d %s", nonce, code, coded);
}

static void take(char *hook, char *line) {
    char claimed[NONCE_LETTERS + 1] = "";
    if (strcmp(line, "hello") == 0) {
        say("guest 1 %s", hostkey[0] ? "ready" : "waiting");
    } else if (strcmp(line, "prepare") == 0) {
        prepare(hook);
    } else if (strncmp(line, "identity ", 9) == 0) {
        identity(hook, line);
    } else if (!field(line, "nonce", claimed, sizeof claimed) || !is_mine(claimed)) {
        say("denied");
    } else if (strncmp(line, "status ", 7) == 0) {
        status();
    } else if (strncmp(line, "exec ", 5) == 0) {
        execute(line);
    } else {
        say("denied");
    }
}

/* --- the port ----------------------------------------------------------------------------------------------------- */

#ifndef MAYFLY_SLOT

/* The numbers in the names of ports vary; what the host calls them stands beside. */
static int find_port(void) {
    DIR *all = opendir("/sys/class/virtio-ports");
    int found = -1;
    for (struct dirent *each; all && found < 0 && (each = readdir(all));) {
        char path[512], name[64] = "";
        snprintf(path, sizeof path, "/sys/class/virtio-ports/%s/name", each->d_name);
        int file = open(path, O_RDONLY | O_CLOEXEC);
        if (file < 0) continue;
        ssize_t n = read(file, name, sizeof name - 1);
        close(file);
        if (n <= 0) continue;
        name[strcspn(name, "\n")] = 0;
        if (strcmp(name, PORT) == 0) {
            snprintf(path, sizeof path, "/dev/%s", each->d_name);
            found = open(path, O_RDWR | O_CLOEXEC);
        }
    }
    if (all) closedir(all);
    return found;
}

#endif

static void listen_to_host(char *hook) __attribute__((noreturn));

static void listen_to_host(char *hook) {
    static char line[LONGEST_LINE];
    size_t length = 0;
    int overlong = 0;
    for (;;) {
        char piece[4096];
        ssize_t n = read(port, piece, sizeof piece);
        if (n <= 0) {
            /* Nobody is there. Half a line of who has gone is nobody's. */
            length = 0;
            overlong = 0;
            usleep(20000);
            continue;
        }
        for (ssize_t i = 0; i < n; i++) {
            if (piece[i] == '\n') {
                line[length] = 0;
                if (overlong)
                    say("denied");
                else
                    take(hook, line);
                length = 0;
                overlong = 0;
            } else if (length < sizeof line - 1) {
                line[length++] = piece[i];
            } else {
                overlong = 1;
            }
        }
    }
}

#ifdef MAYFLY_SLOT

_Noreturn void serve_guest(int line, char *hook);

_Noreturn void serve_guest(int line, char *hook) {
    port = line;
    listen_to_host(hook);
}

#else

int main(int count, char **words) {
    if (count != 2) {
        fprintf(stderr, "mayfly-guest HOOK\n");
        return 64;
    }
    /* A job that eats the memory must not take the agent with it. */
    put("/proc/self/oom_score_adj", "-900");
    while ((port = find_port()) < 0) usleep(50000);
    listen_to_host(words[1]);
}

#endif
