package dev.mayfly.testkit;

import dev.mayfly.testkit.nats.NatsBinary;
import dev.mayfly.testkit.rqlite.RqliteBinary;
import dev.mayfly.testkit.s3.S3Binary;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * Conditions on the machine. A test that cannot run here is skipped with {@code not run here: <capability>: <why>}; the
 * build collects these lines and prints them at its end.
 */
public final class Needs {
    private static final String PREFIX = "not run here: ";

    private Needs() {}

    /** Skips the running test unless the condition holds. */
    public static void that(boolean condition, String capability, String why) {
        if (!condition) {
            Assumptions.abort(PREFIX + capability + ": " + why);
        }
    }

    public static void linux() {
        String name = System.getProperty("os.name", "");
        that(name.toLowerCase(Locale.ROOT).contains("linux"), "linux", "this machine runs " + name);
    }

    /** The super-user, for mounts and cgroups. */
    public static void root() {
        that(
                "root".equals(System.getProperty("user.name")),
                "root",
                "the tests run as " + System.getProperty("user.name"));
    }

    /** An ordinary user, because root may do anything to files. */
    public static void ordinaryUser() {
        that(!"root".equals(System.getProperty("user.name")), "ordinary user", "the tests run as root");
    }

    /** A program on the path; returns where it is. */
    public static Path command(String name) {
        for (String directory : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            Path candidate = Path.of(directory.isEmpty() ? "." : directory, name);
            if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
                return candidate;
            }
        }
        that(false, name, "no such command on the path");
        throw new AssertionError("unreachable");
    }

    /** A nats-server of 2.10 or newer; returns where it is. */
    public static Path natsServer() {
        Optional<NatsBinary> found = NatsBinary.find();
        that(
                found.isPresent(),
                "nats-server",
                "no nats-server 2.10 or newer (install one or a Go toolchain and run ./verify,"
                        + " or name one by MAYFLY_NATS_SERVER)");
        return found.orElseThrow().path();
    }

    /** A nats-server older than 2.10, which the program refuses; returns where it is. */
    public static Path oldNatsServer() {
        Optional<NatsBinary> found = NatsBinary.findOld();
        that(
                found.isPresent(),
                "nats-server-old",
                "no nats-server older than 2.10, which ./verify takes from Debian 12");
        return found.orElseThrow().path();
    }

    /** The program rqlited, 8.36 or newer; returns where it is. */
    public static Path rqlited() {
        Optional<Path> found = RqliteBinary.find();
        that(
                found.isPresent(),
                "rqlite",
                "no rqlited (install one, or gcc and a Go toolchain and run ./verify, or name one by MAYFLY_RQLITED)");
        return found.orElseThrow();
    }

    /** A server that speaks the protocol of Amazon S3. */
    public static S3Binary s3Server() {
        Optional<S3Binary> found = S3Binary.find();
        that(
                found.isPresent(),
                "s3-server",
                "no versitygw and no gofakes3 (install one or a Go toolchain and run ./verify,"
                        + " or name one by MAYFLY_S3_SERVER)");
        return found.orElseThrow();
    }
}
