package dev.mayfly.base.config;

import java.util.List;

/** A place where settings are written down: the flags of a command line, or a file that somebody else has parsed. */
@FunctionalInterface
public interface ConfigSource {
    /** All settings of the place, those with unknown keys included, in the order in which they stand there. */
    List<Setting> settings();

    static ConfigSource none() {
        return List::of;
    }
}
