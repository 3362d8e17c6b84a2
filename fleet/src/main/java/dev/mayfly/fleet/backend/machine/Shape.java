package dev.mayfly.fleet.backend.machine;

import dev.mayfly.fleet.api.ResourceType;

/** What a machine is made of. */
public record Shape(int cpus, long memoryBytes, long diskBytes) {
    /** @param mostMemoryBytes no machine gets more, whatever its size says */
    public static Shape of(ResourceType type, long mostMemoryBytes) {
        return new Shape(type.cpus(), Math.min(type.memoryBytes(), mostMemoryBytes), type.diskBytes());
    }

    public long memoryMebibytes() {
        return memoryBytes >> 20;
    }
}
