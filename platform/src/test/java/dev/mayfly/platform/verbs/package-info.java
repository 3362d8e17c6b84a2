/** The structures of libibverbs, and the library of this machine. */
package dev.mayfly.platform.verbs;
