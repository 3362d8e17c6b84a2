/** Against hostile files. */
package dev.mayfly.platform.linux.elf;
