/**
 * What a host has for probing. In: files under /sys and /proc of a root, and trials that really open sockets. Out: rows of
 * evidence, each with a fix. Knows no command.
 */
@NullMarked
package dev.mayfly.mesh.doctor;

import org.jspecify.annotations.NullMarked;
