package dev.mayfly.sandbox.api;

/** A limit of the policy that the run reached. */
public enum LimitHit {
    WALL("wall_sec"),
    CPU("cpu_ms"),
    MEMORY("memory_mb"),
    PIDS("pids"),
    FILE_SIZE("fsize_mb"),
    DISK("disk_mb"),
    OPEN_FILES("nofile"),
    STDOUT("stdout_kb"),
    FUEL("fuel");

    private final String policyKey;

    LimitHit(String policyKey) {
        this.policyKey = policyKey;
    }

    /** The key under {@code limits} in the policy. */
    public String policyKey() {
        return policyKey;
    }
}
