package dev.mayfly.env.repo.layered;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;

/** Hears when content was read from elsewhere. Called from the thread that reads. */
public interface RepairListener {
    /** The primary has it now. */
    void repaired(Digest digest, String from);

    /** The reader got it all the same. */
    void notRepaired(Digest digest, MayflyException why);

    static RepairListener none() {
        return new RepairListener() {
            @Override
            public void repaired(Digest digest, String from) {}

            @Override
            public void notRepaired(Digest digest, MayflyException why) {}
        };
    }
}
