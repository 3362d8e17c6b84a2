/**
 * The Linux calls this house makes itself, through java.lang.foreign. {@link dev.mayfly.platform.linux.Libc} is the one
 * place that links symbols and captures errno; typed wrappers such as {@link dev.mayfly.platform.linux.Syscalls} stand
 * beside it, one small class per need. Nothing here decides anything and nothing is linked before the first call, so
 * loading these classes on another operating system is harmless; calling them there is a failure with a reason.
 */
@NullMarked
package dev.mayfly.platform.linux;

import org.jspecify.annotations.NullMarked;
