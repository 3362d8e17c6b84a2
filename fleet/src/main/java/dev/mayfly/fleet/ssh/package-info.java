/**
 * Logging in. Comes in: an address with the host key that its hypervisor vouches for, and a key that was made for this
 * machine alone. Goes out: what a command did. Passwords, agents and files of the user are never asked. The only package
 * that knows the SSH library.
 */
@NullMarked
package dev.mayfly.fleet.ssh;

import org.jspecify.annotations.NullMarked;
