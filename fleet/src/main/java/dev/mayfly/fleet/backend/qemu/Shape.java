package dev.mayfly.fleet.backend.qemu;

import dev.mayfly.fleet.api.ResourceType;

/** What a machine is made of. */
record Shape(int cpus, long memoryBytes, long diskBytes) {
    /** @param mostMemoryBytes no machine gets more, whatever its size says */
    static Shape of(ResourceType type, long mostMemoryBytes) {
        return new Shape(type.cpus(), Math.min(type.memoryBytes(), mostMemoryBytes), type.diskBytes());
    }

    long memoryMebibytes() {
        return memoryBytes >> 20;
    }
}
