package dev.mayfly.env.runtime;

import dev.mayfly.platform.EnterBinary;
import java.nio.file.Path;

/** Plans that no request makes. */
final class Enter {
    private Enter() {}

    static Running start(byte[] plan, Path target) {
        return new Entrance(EnterBinary.locate().whereFound().orElseThrow()).start(plan, target, Streams.piped());
    }
}
