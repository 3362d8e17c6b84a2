/* Frames in and out: every length is checked before it is used; one bad frame ends the launcher. */
#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PIECES = 64 };

struct scratch *scratch;

/* The frame being built: small values are copied to the arena, blobs are referenced. */
static struct {
    size_t used, total;
    struct iovec pieces[PIECES];
    int count;
} out;

void scratch_make(void)
{
    scratch = mmap(NULL, sizeof *scratch, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (scratch == MAP_FAILED || madvise(scratch, sizeof *scratch, MADV_DONTFORK) < 0)
        _exit(EXIT_PROTOCOL);
}

static void put16(uint8_t *p, uint16_t v) { p[0] = (uint8_t)v; p[1] = (uint8_t)(v >> 8); }
static void put32(uint8_t *p, uint32_t v) { put16(p, (uint16_t)v); put16(p + 2, (uint16_t)(v >> 16)); }
static void put64(uint8_t *p, uint64_t v) { put32(p, (uint32_t)v); put32(p + 4, (uint32_t)(v >> 32)); }
static uint16_t get16(const uint8_t *p) { return (uint16_t)(p[0] | p[1] << 8); }
static uint32_t get32(const uint8_t *p) { return get16(p) | (uint32_t)get16(p + 2) << 16; }

_Noreturn void protocol_error(const struct conn *c, const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    out_begin(ERROR);
    out_text(ERROR_TEXT, text);
    out_send(c);
    _exit(EXIT_PROTOCOL);
}

static uint32_t checked_length(const struct conn *c)
{
    uint32_t length = get32(c->header);
    if (length > FRAME_MAX)
        protocol_error(c, "frame of %u bytes is larger than %d", length, FRAME_MAX);
    if (get16(c->header + 6) != 0)
        protocol_error(c, "frame header: reserved bytes are not zero");
    return length;
}

static bool read_fully(int fd, uint8_t *at, size_t length)
{
    while (length > 0) {
        ssize_t n = read(fd, at, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += n;
        length -= (size_t)n;
    }
    return true;
}

bool conn_read(struct conn *c, struct frame *f)
{
    if (!read_fully(c->fd, c->header + c->have, sizeof c->header - c->have))
        return false;
    c->have = 0;
    f->length = checked_length(c);
    f->type = get16(c->header + 4);
    f->payload = scratch->small_frame;
    if (f->length > SMALL_FRAME) { /* mapped and unmapped, so that memory stays flat */
        f->payload = mmap(NULL, f->length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (f->payload == MAP_FAILED)
            protocol_error(c, "no memory for a frame of %u bytes", f->length);
    }
    if (read_fully(c->fd, f->payload, f->length))
        return true;
    frame_free(f);
    return false;
}

void frame_free(struct frame *f)
{
    if (f->payload && f->payload != scratch->small_frame)
        munmap(f->payload, f->length);
    f->payload = NULL;
    f->length = 0;
}

enum cancel_state conn_poll_cancel(struct conn *c)
{
    ssize_t n = recv(c->fd, c->header + c->have, sizeof c->header - c->have, MSG_DONTWAIT);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        return CLOSED;
    if (n < 0)
        return NO_CANCEL;
    c->have += (uint32_t)n;
    if (c->have < sizeof c->header)
        return NO_CANCEL;
    c->have = 0;
    if (checked_length(c) != 0 || get16(c->header + 4) != CANCEL)
        protocol_error(c, "frame type %u of %u bytes while a job runs; only an empty CANCEL is allowed",
                       get16(c->header + 4), get32(c->header));
    return CANCELLED;
}

struct cursor frame_fields(const struct frame *f)
{
    return (struct cursor){f->payload, f->payload + f->length};
}

bool next_field(const struct conn *c, struct cursor *cur, struct field *f)
{
    size_t left = (size_t)(cur->end - cur->at);
    if (left == 0)
        return false;
    if (left < 8)
        protocol_error(c, "payload ends inside a field header");
    f->tag = get16(cur->at);
    f->length = get32(cur->at + 4);
    f->value = cur->at + 8;
    if (get16(cur->at + 2) != 0)
        protocol_error(c, "field %u: reserved bytes are not zero", f->tag);
    if (f->length > left - 8)
        protocol_error(c, "field %u of %u bytes is longer than its frame", f->tag, f->length);
    cur->at += 8 + (size_t)f->length;
    return true;
}

uint64_t field_u64(const struct conn *c, const struct field *f)
{
    if (f->length != 8)
        protocol_error(c, "field %u: %u bytes where an integer has 8", f->tag, f->length);
    return get32(f->value) | (uint64_t)get32(f->value + 4) << 32;
}

static char *copy_text(const struct conn *c, const uint8_t *from, size_t length)
{
    char *text = malloc(length + 1);
    if (!text)
        protocol_error(c, "no memory");
    memcpy(text, from, length);
    text[length] = 0;
    return text;
}

char *field_text(const struct conn *c, const struct field *f)
{
    if (memchr(f->value, 0, f->length))
        protocol_error(c, "field %u: NUL inside a text", f->tag);
    return copy_text(c, f->value, f->length);
}

void field_split(const struct conn *c, const struct field *f, char **a, char **b, char **third)
{
    const uint8_t *end = f->value + f->length;
    const uint8_t *cut = memchr(f->value, 0, f->length);
    if (!cut)
        protocol_error(c, "field %u: two texts separated by NUL expected", f->tag);
    const uint8_t *second = cut + 1;
    const uint8_t *cut2 = third ? memchr(second, 0, (size_t)(end - second)) : NULL;
    if (cut2 && memchr(cut2 + 1, 0, (size_t)(end - cut2 - 1)))
        protocol_error(c, "field %u: more than three texts", f->tag);
    *a = copy_text(c, f->value, (size_t)(cut - f->value));
    *b = copy_text(c, second, (size_t)((cut2 ? cut2 : end) - second));
    if (third)
        *third = cut2 ? copy_text(c, cut2 + 1, (size_t)(end - cut2 - 1)) : NULL;
}

static uint8_t *arena_take(size_t length)
{
    uint8_t *at = scratch->arena + out.used;
    if (length > ARENA - out.used)
        _exit(EXIT_PROTOCOL); /* our own frames are bounded; this is a bug, not an input */
    out.used += length;
    out.total += length;
    struct iovec *last = out.count > 0 ? &out.pieces[out.count - 1] : NULL;
    if (last && (uint8_t *)last->iov_base + last->iov_len == at)
        last->iov_len += length;
    else
        out.pieces[out.count++] = (struct iovec){at, length};
    return at;
}

void out_begin(uint16_t type)
{
    out.used = out.total = 0;
    out.count = 0;
    uint8_t *header = arena_take(8);
    put32(header, 0);
    put16(header + 4, type);
    put16(header + 6, 0);
}

static void out_field(uint16_t tag, size_t length)
{
    uint8_t *header = arena_take(8);
    put16(header, tag);
    put16(header + 2, 0);
    put32(header + 4, (uint32_t)length);
}

void out_u64(uint16_t tag, uint64_t value)
{
    out_field(tag, 8);
    put64(arena_take(8), value);
}

void out_bytes(uint16_t tag, const void *bytes, size_t length)
{
    out_field(tag, length);
    if (length > 0)
        memcpy(arena_take(length), bytes, length);
}

void out_text(uint16_t tag, const char *text) { out_bytes(tag, text, strlen(text)); }

void out_blob(uint16_t tag, const void *a, size_t na, const void *b, size_t nb)
{
    out_field(tag, na + nb);
    if (na > 0)
        out.pieces[out.count++] = (struct iovec){(void *)(uintptr_t)a, na};
    if (nb > 0)
        out.pieces[out.count++] = (struct iovec){(void *)(uintptr_t)b, nb};
    out.total += na + nb;
}

/* The last field of a frame, whose bytes follow with out_raw after out_send. */
void out_announce(uint16_t tag, uint64_t length)
{
    out_field(tag, length);
    out.total += length;
}

static void send_pieces(const struct conn *c, struct iovec *pieces, size_t count)
{
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = count};
    while (message.msg_iovlen > 0) {
        ssize_t n = sendmsg(c->fd, &message, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            _exit(0); /* Java is gone; a running init dies with us (PDEATHSIG) */
        size_t sent = (size_t)n;
        while (message.msg_iovlen > 0 && sent >= message.msg_iov->iov_len) {
            sent -= message.msg_iov->iov_len;
            message.msg_iov++;
            message.msg_iovlen--;
        }
        if (message.msg_iovlen > 0) {
            message.msg_iov->iov_base = (uint8_t *)message.msg_iov->iov_base + sent;
            message.msg_iov->iov_len -= sent;
        }
    }
}

void out_raw(const struct conn *c, const void *bytes, size_t length)
{
    struct iovec piece = {(void *)(uintptr_t)bytes, length};
    send_pieces(c, &piece, 1);
}

void out_send(const struct conn *c)
{
    put32(scratch->arena, (uint32_t)(out.total - 8));
    send_pieces(c, out.pieces, (size_t)out.count);
}

void send_refused(const struct conn *c, const struct fault *f)
{
    out_begin(REFUSED);
    out_text(REFUSED_STEP, f->step);
    out_u64(REFUSED_ERRNO, (uint64_t)f->err);
    out_text(REFUSED_TEXT, f->text);
    out_send(c);
}
