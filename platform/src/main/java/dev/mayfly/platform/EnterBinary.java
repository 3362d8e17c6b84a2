package dev.mayfly.platform;

/** Where {@code mayfly-enter} is, which makes the mount namespaces of environments, or why there is none. */
public final class EnterBinary {
    /** System property that names the program; wins over everything. */
    public static final String PROPERTY = "mayfly.enter";

    /** Environment variable that names the program. */
    public static final String ENVIRONMENT = "MAYFLY_ENTER";

    public static final String FILE_NAME = "mayfly-enter";

    private EnterBinary() {}

    /** By the same rules as the launcher. */
    public static LauncherBinary locate() {
        return LauncherBinary.locate(new LauncherBinary.Names(PROPERTY, ENVIRONMENT, FILE_NAME, FILE_NAME));
    }
}
