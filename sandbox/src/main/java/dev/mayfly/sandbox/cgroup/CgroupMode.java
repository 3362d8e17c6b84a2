package dev.mayfly.sandbox.cgroup;

/** Which control group interface carries the limits. */
public enum CgroupMode {
    /** Controllers in v1 hierarchies, no v2 tree. */
    V1,
    /** Controllers in the v2 tree. */
    V2,
    /** Controllers in v1 hierarchies, and a v2 tree that can kill. */
    HYBRID,
    /** Nothing writable. */
    NONE
}
