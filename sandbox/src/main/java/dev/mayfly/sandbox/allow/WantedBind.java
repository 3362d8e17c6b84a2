package dev.mayfly.sandbox.allow;

/**
 * A place of the host that a run shall see at the same path; nobody has looked yet at what is there.
 *
 * @param within the outermost place of the policy that jobs may write to and that holds this one, or the place itself.
 *     Jobs choose what lies below it, so a link from there must not lead out of it
 */
public record WantedBind(FsPattern place, boolean writable, FsPattern within) {}
