/**
 * The life of runtimes: one environment, shown to one tree of processes, for as long as one of them lives. In: a folder where
 * a view is shown, and a command. Out: the command's end, records of what runs, and a machine on which nothing is left.
 *
 * <p>The namespace is made and kept by the C program {@code mayfly-enter}; this package writes its plans and the records in
 * {@code <home>/env/runtimes}. That folder is the only state, shared by all processes of one home and guarded by locks that
 * the kernel takes back. Nothing here knows which front end made the folder. {@code RUNTIME.md} beside the POM says why it
 * is built so.
 */
@NullMarked
package dev.mayfly.env.runtime;

import org.jspecify.annotations.NullMarked;
