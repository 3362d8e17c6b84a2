package dev.mayfly.sandbox.choose;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What {@code --backend} may say. */
public enum Preference {
    /** The best that works for native programs. */
    AUTO,
    NATIVE,
    BWRAP,
    WASM;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * @throws MayflyException {@code USAGE} for anything else
     */
    public static Preference of(String word) {
        return Arrays.stream(values())
                .filter(preference -> preference.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.USAGE,
                        "there is no backend \"" + word + "\"",
                        "",
                        "use one of "
                                + Arrays.stream(values()).map(Preference::word).collect(Collectors.joining(", "))));
    }
}
