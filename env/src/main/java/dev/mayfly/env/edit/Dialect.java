package dev.mayfly.env.edit;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.platform.linux.FileFacts;
import dev.mayfly.platform.linux.OpenedFile;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * What marks in a folder mean: nothing, or what overlayfs writes into its upper folder (kernel documentation,
 * filesystems/overlayfs.rst: "whiteouts and opaque directories", "User xattr"). Which prefix counts depends on how the
 * overlay was mounted; under the other one stand ordinary attributes of users.
 */
enum Dialect {
    /** Marks mean nothing. */
    PLAIN(""),
    TRUSTED("trusted.overlay."),
    USER("user.overlay.");

    private final String prefix;

    Dialect(String prefix) {
        this.prefix = prefix;
    }

    /** What a file or folder of an upper says about the one below it. */
    enum Mark {
        NONE,
        /** It is a deletion. */
        WHITEOUT,
        /** Nothing of the folder below is seen. */
        OPAQUE
    }

    boolean isWhiteout(FileFacts facts) {
        return this != PLAIN && facts.isCharacterDevice() && facts.rdev() == 0;
    }

    /** @throws MayflyException when it stands for something that is elsewhere */
    Mark mark(OpenedFile file, String path) throws IOException {
        if (this == PLAIN) {
            return Mark.NONE;
        }
        List<String> names = file.attributes();
        for (String elsewhere : List.of("redirect", "metacopy")) {
            if (names.contains(prefix + elsewhere)) {
                throw new MayflyException(
                        ErrorCode.RUNTIME_SETUP,
                        "the changes in " + path + " cannot be read",
                        "the overlay was mounted with an option that leaves " + prefix + elsewhere
                                + " in place of content, which a layer cannot hold",
                        "mount it with redirect_dir=nofollow,metacopy=off, as Mayfly does, and copy the path anew");
            }
        }
        if (names.contains(prefix + "whiteout")) {
            return Mark.WHITEOUT;
        }
        boolean opaque = names.contains(prefix + "opaque")
                && file.attribute(prefix + "opaque")
                        .filter(value -> Arrays.equals(value, new byte[] {'y'}))
                        .isPresent();
        return opaque ? Mark.OPAQUE : Mark.NONE;
    }
}
