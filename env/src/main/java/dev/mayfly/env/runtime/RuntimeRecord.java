package dev.mayfly.env.runtime;

import dev.mayfly.env.object.Digest;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * What is written down of a runtime before it starts. Its keeper writes its own line, see {@link Keeper}.
 *
 * @param ownerUid whose processes run in it
 * @param bootId of the kernel that ran it last, from {@code /proc/sys/kernel/random/boot_id}
 */
public record RuntimeRecord(
        RuntimeId id,
        List<Digest> stack,
        List<Digest> layers,
        String frontEnd,
        Path view,
        Path target,
        boolean editable,
        boolean durable,
        boolean ownUserNamespace,
        int ownerUid,
        String bootId,
        Instant created) {
    public RuntimeRecord {
        stack = List.copyOf(stack);
        layers = List.copyOf(layers);
    }
}
