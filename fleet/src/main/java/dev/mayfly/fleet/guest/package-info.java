/**
 * The conversation with the agent inside a machine. Comes in: the socket of a port that only the hypervisor and the guest
 * have. Goes out: who the machine has become, how it is, and what commands did. A guest is not trusted: what it says is
 * bounded and read as text. {@code guest.c} beside the sources is the other side.
 */
@NullMarked
package dev.mayfly.fleet.guest;

import org.jspecify.annotations.NullMarked;
