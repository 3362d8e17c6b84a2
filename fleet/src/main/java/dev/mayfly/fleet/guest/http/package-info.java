/**
 * The conversation with the agent inside a machine that has no port which only its hypervisor reaches, such as macOS: over
 * HTTP, on a network. Comes in: what the machine was told at its start. Goes out: where it is, how it is, what commands
 * did. Every message, and every answer, is signed with a number that only this machine and its host know and that holds for
 * one boot; one that was heard before is not heard again.
 */
@NullMarked
package dev.mayfly.fleet.guest.http;

import org.jspecify.annotations.NullMarked;
