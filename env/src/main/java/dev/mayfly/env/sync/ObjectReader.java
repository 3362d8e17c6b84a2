package dev.mayfly.env.sync;

import dev.mayfly.env.object.EnvObject;
import dev.mayfly.env.repo.Encoded;

/** Reads objects that come from somewhere else. */
@FunctionalInterface
public interface ObjectReader {
    /** @throws dev.mayfly.base.error.MayflyException when it is no object, or does not have its digest */
    EnvObject read(Encoded encoded);
}
