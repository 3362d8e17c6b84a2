package dev.mayfly.sandbox.allow;

/** A place of the host that a run shall see at the same path; nobody has looked yet at what is there. */
public record WantedBind(FsPattern place, boolean writable) {}
