/**
 * The server as it runs: one thread owns the core and takes what has come in, as much as there is, in one step and so in one
 * write. Callers wait on threads of their own, and those who look read a view.
 */
@NullMarked
package dev.mayfly.fleet.service;

import org.jspecify.annotations.NullMarked;
