/**
 * The root file system that jobs see: the host's programs and libraries read-only, and an /etc of our own that holds the
 * few files programs need and nothing that names the host, its users or its secrets. Shared by all backends that run
 * native programs. Prepared once per state of the host's /etc, below a directory that the caller owns.
 */
@NullMarked
package dev.mayfly.sandbox.image;

import org.jspecify.annotations.NullMarked;
