/**
 * Where functions are in a program or library (ELF, 64 bits, little endian). In: a file that anybody may have made. Out: offsets,
 * or a reason. Pure but for reading.
 */
@NullMarked
package dev.mayfly.platform.linux.elf;

import org.jspecify.annotations.NullMarked;
