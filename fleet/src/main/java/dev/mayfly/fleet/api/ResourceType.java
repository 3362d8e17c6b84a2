package dev.mayfly.fleet.api;

import java.util.Locale;
import java.util.Optional;

/** The sizes of runners that myshoes knows, smallest first, and what each of them is here. */
public enum ResourceType {
    NANO("nano", "nano", 1, 512, 4),
    MICRO("micro", "micro", 1, 1 << 10, 8),
    SMALL("small", "small", 1, 2 << 10, 16),
    MEDIUM("medium", "medium", 2, 4 << 10, 32),
    LARGE("large", "large", 4, 8 << 10, 64),
    XLARGE("xlarge", "xlarge", 8, 16 << 10, 128),
    XLARGE2("2xlarge", "xlarge2", 16, 32 << 10, 128),
    XLARGE3("3xlarge", "xlarge3", 24, 48 << 10, 256),
    XLARGE4("4xlarge", "xlarge4", 32, 64 << 10, 256);

    private final String word;
    private final String otherWord;
    private final int cpus;
    private final int memoryMebibytes;
    private final int diskGibibytes;

    ResourceType(String word, String otherWord, int cpus, int memoryMebibytes, int diskGibibytes) {
        this.word = word;
        this.otherWord = otherWord;
        this.cpus = cpus;
        this.memoryMebibytes = memoryMebibytes;
        this.diskGibibytes = diskGibibytes;
    }

    /** myshoes writes {@code 2xlarge}, shoes-vz {@code xlarge2}; both are understood. */
    public static Optional<ResourceType> parse(String text) {
        String wanted = text.strip().toLowerCase(Locale.ROOT);
        for (ResourceType type : values()) {
            if (wanted.equals(type.word) || wanted.equals(type.otherWord)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    public String word() {
        return word;
    }

    public int cpus() {
        return cpus;
    }

    public long memoryBytes() {
        return (long) memoryMebibytes << 20;
    }

    /** How large the disk is to the guest; a clone takes only what it writes. */
    public long diskBytes() {
        return (long) diskGibibytes << 30;
    }
}
