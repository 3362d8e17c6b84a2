/* The agent of a machine, in a slot: the same lines over a socket that was inherited. */
#define MAYFLY_SLOT
#include "../native/guest.c"
