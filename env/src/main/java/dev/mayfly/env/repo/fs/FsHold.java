package dev.mayfly.env.repo.fs;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.pack.Kind;
import dev.mayfly.env.repo.Hold;
import java.io.IOException;

/** A lease, and what is on it is looked for after it is there. Also works on a full disk. */
record FsHold(Store store, Lease lease, Disk disk, Reserve reserve, Steps steps) implements Hold {
    @Override
    public boolean keepsPayload(Digest payload) {
        return keeps(Kind.PAYLOAD, payload);
    }

    @Override
    public boolean keepsObject(Digest object) {
        return keeps(Kind.OBJECT, object);
    }

    private boolean keeps(Kind kind, Digest digest) {
        try {
            return reserve.with(() -> {
                steps.before("keep by lease");
                lease.keep(kind, digest);
                steps.before("look whether it is there");
                return store.bring(kind, digest);
            });
        } catch (IOException e) {
            throw disk.failed("Looking for " + digest, e);
        }
    }

    @Override
    public void close() {
        try {
            lease.close();
        } catch (IOException e) {
            throw disk.failed("Letting go of what was held", e);
        }
    }
}
