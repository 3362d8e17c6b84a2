package dev.mayfly.platform.linux;

/**
 * One line of a directory as getdents64(2) gives it.
 *
 * @param name bytes, never {@code .} or {@code ..}
 * @param type {@code DT_*} of inode(7): 4 a directory, 8 a file, 10 a link
 */
@SuppressWarnings("ArrayRecordComponent") // Made by the thousand and read once; nobody compares them.
public record RawEntry(byte[] name, long inode, int type) {}
