package dev.mayfly.env.codec;

import dev.mayfly.env.object.Blob;
import dev.mayfly.env.object.EnvObject;
import dev.mayfly.env.object.Layer;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.Platform;

/** What an object is; the number stands in its header. */
public enum ObjectKind {
    BLOB(0),
    MANIFEST(1),
    LAYER(2),
    PLATFORM(3);

    private final int number;

    ObjectKind(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    public static ObjectKind of(EnvObject object) {
        return switch (object) {
            case Blob _ -> BLOB;
            case Manifest _ -> MANIFEST;
            case Layer _ -> LAYER;
            case Platform _ -> PLATFORM;
        };
    }
}
