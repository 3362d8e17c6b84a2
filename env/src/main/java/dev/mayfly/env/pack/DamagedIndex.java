package dev.mayfly.env.pack;

import java.io.IOException;

/** A file that should be the index of a pack and is none: nobody knows what is in that pack. */
public final class DamagedIndex extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedIndex(String what) {
        super(what);
    }
}
