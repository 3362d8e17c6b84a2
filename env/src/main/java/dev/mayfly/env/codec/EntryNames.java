package dev.mayfly.env.codec;

import dev.mayfly.env.object.RawName;

/** Names of entries as they come from elsewhere. */
final class EntryNames {
    private EntryNames() {}

    static RawName of(byte[] bytes, Names allowed) {
        if (!RawName.fits(bytes)) {
            throw Corrupt.object("an entry has a name that no file can have");
        }
        RawName name = RawName.of(bytes);
        if (allowed == Names.TEXT && !name.isText()) {
            throw Corrupt.object("the name " + name + " is not UTF-8");
        }
        return name;
    }
}
