package dev.mayfly.platform;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Where the C launcher, or another of our C programs, is, or why there is none. */
public sealed interface LauncherBinary {
    /** System property that names the launcher; wins over everything. */
    String PROPERTY = "mayfly.launcher";

    /** Environment variable that names the launcher. */
    String ENVIRONMENT = "MAYFLY_LAUNCHER";

    String FILE_NAME = "mayfly-launcher";

    /** @param origin which rule found it, for evidence */
    record Found(Path path, String origin) implements LauncherBinary {}

    record Missing(String why, String fix) implements LauncherBinary {}

    /** The path, for callers that treat a missing launcher like any other absent thing. */
    default Optional<Path> whereFound() {
        return this instanceof Found found ? Optional.of(found.path()) : Optional.empty();
    }

    /**
     * Property, then environment, then beside the program ({@code ../libexec} of the folder of jars), then where the
     * build puts it. A place that is named and holds nothing is an answer: no other launcher is taken in its stead.
     */
    static LauncherBinary locate() {
        return locate(Names.LAUNCHER);
    }

    /** What one of our programs is called: its file, and what may name another in its stead. */
    record Names(String property, String environment, String fileName, String what) {
        static final Names LAUNCHER = new Names(PROPERTY, ENVIRONMENT, FILE_NAME, "launcher");
    }

    /** As {@link #locate()}, for another of our programs. */
    static LauncherBinary locate(Names names) {
        return locate(names, LauncherBinary.class);
    }

    /** @param room a class of the room whose build makes the program */
    static LauncherBinary locate(Names names, Class<?> room) {
        return locate(
                names,
                name -> Optional.ofNullable(System.getProperty(name)),
                name -> Optional.ofNullable(System.getenv(name)),
                codeLocation(room));
    }

    static LauncherBinary locate(
            Function<String, Optional<String>> properties,
            Function<String, Optional<String>> environment,
            Optional<Path> code) {
        return locate(Names.LAUNCHER, properties, environment, code);
    }

    static LauncherBinary locate(
            Names names,
            Function<String, Optional<String>> properties,
            Function<String, Optional<String>> environment,
            Optional<Path> code) {
        Optional<String> byProperty = properties.apply(names.property()).filter(text -> !text.isBlank());
        if (byProperty.isPresent()) {
            return named(Path.of(byProperty.get()), "system property " + names.property());
        }
        Optional<String> byEnvironment = environment.apply(names.environment()).filter(text -> !text.isBlank());
        if (byEnvironment.isPresent()) {
            return named(Path.of(byEnvironment.get()), "environment variable " + names.environment());
        }
        List<Path> places = new ArrayList<>();
        code.map(Path::getParent).ifPresent(folder -> {
            places.add(folder.resolveSibling("libexec").resolve(names.fileName()));
            places.add(folder.resolve("native").resolve(names.fileName()));
        });
        for (Path place : places) {
            if (Files.isExecutable(place)) {
                return new Found(place, "beside the program");
            }
        }
        return new Missing(
                "no " + names.what() + " in "
                        + (places.isEmpty()
                                ? "any known place"
                                : places.getFirst().getParent())
                        + ": it is built from source when the program is built, and needs a C compiler then",
                "apt-get install gcc libc6-dev && ./verify   # or name one: export " + names.environment()
                        + "=/path/to/" + names.fileName());
    }

    private static LauncherBinary named(Path path, String origin) {
        if (Files.isExecutable(path) && !Files.isDirectory(path)) {
            return new Found(path.toAbsolutePath(), origin);
        }
        return new Missing(
                path + ", which the " + origin + " names, "
                        + (Files.exists(path) ? "is not a program" : "does not exist"),
                "correct or unset the " + origin);
    }

    /** The jar or class folder of a class. */
    private static Optional<Path> codeLocation(Class<?> of) {
        CodeSource source = of.getProtectionDomain().getCodeSource();
        URL location = source == null ? null : source.getLocation();
        try {
            return location == null ? Optional.empty() : Optional.of(Path.of(location.toURI()));
        } catch (URISyntaxException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
