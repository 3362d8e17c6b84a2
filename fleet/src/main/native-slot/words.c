/* What the program was started with. */
#define _GNU_SOURCE
#include "slot.h"
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

static void add(struct plan *plan, unsigned address, unsigned bits, enum verdict verdict)
{
    if (plan->range_count == MOST_RANGES)
        failed("words", "there are too many networks");
    plan->ranges[plan->range_count++] = (struct range){address, bits, verdict};
    plan->way |= verdict == OPEN;
}

static unsigned address_of(const char *text)
{
    struct in_addr address;
    if (inet_pton(AF_INET, text, &address) != 1)
        failed("words", text);
    return address.s_addr;
}

static void add_range(struct plan *plan, char *value, enum verdict verdict)
{
    char *end, *slash = strchr(value, '/');
    unsigned long bits = slash ? strtoul(slash + 1, &end, 10) : 33;
    if (!slash || end == slash + 1 || *end || bits > 32)
        failed("words", value);
    *slash = 0;
    unsigned address = address_of(value), mask = bits ? htonl(~0u << (32 - bits)) : 0;
    if (address & ~mask)
        failed("words", "a network has bits behind its length");
    add(plan, address, (unsigned)bits, verdict);
}

void add_own_ranges(struct plan *plan, bool slot)
{
    add(plan, address_of("127.0.0.0"), 8, slot ? OWN : OWN_BUT_NAMES);
    add(plan, address_of(OWN_ADDRESS), 32, OWN);
    add(plan, address_of(NAMES_ADDRESS), 32, CLOSED);
}

int read_plan(struct plan *plan, int count, char **words)
{
    int i = 1;
    for (; i < count && strcmp(words[i], "--") != 0; i++) {
        char *value = strchr(words[i], '=');
        if (!value)
            failed("words", words[i]);
        const char *key = strndup(words[i], (size_t)(value - words[i]));
        value = strdup(value + 1);
        if (!key || !value)
            failed_errno("words");
        if (!strcmp(key, "root")) plan->root = value;
        else if (!strcmp(key, "blank")) plan->blank = value;
        else if (!strcmp(key, "disk")) plan->disk = value;
        else if (!strcmp(key, "name")) plan->name = value;
        else if (!strcmp(key, "machine")) plan->machine = value;
        else if (!strcmp(key, "hook")) plan->hook = value;
        else if (!strcmp(key, "ids")) plan->ids = (unsigned)strtoul(value, NULL, 10);
        else if (!strcmp(key, "group") && plan->group_count < MOST_GROUPS) plan->groups[plan->group_count++] = value;
        else if (!strcmp(key, "open")) add_range(plan, value, OPEN);
        else if (!strcmp(key, "closed")) add_range(plan, value, CLOSED);
        else if (!strcmp(key, "resolver")) plan->resolver = address_of(value);
        else if (!strcmp(key, "outside")) plan->outside = value;
        else if (!strcmp(key, "port")) plan->port = atoi(value);
        else failed("words", key);
    }
    return i;
}
