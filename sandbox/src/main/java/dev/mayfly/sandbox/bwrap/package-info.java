/**
 * The second backend: bubblewrap, for machines without a C compiler. The same control groups, user ids, root file system
 * and system-call profiles as the native one, through the tools a distribution has (sh, setpriv, bwrap). It lacks
 * Landlock, the list of denied system calls and any granted network, says so in its layers, and is slower: every run
 * starts four programs. A command that a signal ended is reported with exit code 128 + signal, as bubblewrap tells it.
 */
@NullMarked
package dev.mayfly.sandbox.bwrap;

import org.jspecify.annotations.NullMarked;
