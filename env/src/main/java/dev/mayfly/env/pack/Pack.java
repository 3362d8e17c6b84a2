package dev.mayfly.env.pack;

import java.nio.file.Path;

/** A pack that can be read: {@code <id>.pack} and {@code <id>.idx} beside it. */
public record Pack(Path folder, String id, PackIndex index) {
    public static final String DATA = ".pack";
    public static final String INDEX = ".idx";

    public Path data() {
        return folder.resolve(id + DATA);
    }

    public Path indexFile() {
        return folder.resolve(id + INDEX);
    }
}
