package dev.mayfly.env.codec;

/** Which names of files an object may hold. */
public enum Names {
    /** UTF-8 only, as SPFS has it. */
    TEXT,
    /** Any bytes. Our extension: an object that needs it says so in its header, and SPFS refuses to read it. */
    BYTES
}
