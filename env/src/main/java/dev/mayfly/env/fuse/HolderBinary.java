package dev.mayfly.env.fuse;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;

/** Where the program {@code mayfly-holder} is. */
final class HolderBinary {
    static final String PROPERTY = "mayfly.holder";
    static final String ENVIRONMENT = "MAYFLY_HOLDER";
    private static final String FILE_NAME = "mayfly-holder";

    private HolderBinary() {}

    /** Property, then environment, then beside the program or where the build puts it. */
    static Optional<Path> locate() {
        String named = System.getProperty(PROPERTY, System.getenv().getOrDefault(ENVIRONMENT, ""));
        if (!named.isBlank()) {
            return Optional.of(Path.of(named)).filter(Files::isExecutable);
        }
        return code().map(Path::getParent)
                .flatMap(folder -> Optional.of(folder.resolveSibling("libexec").resolve(FILE_NAME))
                        .filter(Files::isExecutable)
                        .or(() -> Optional.of(folder.resolve("native").resolve(FILE_NAME))
                                .filter(Files::isExecutable)));
    }

    /** The jar or folder of this class. */
    private static Optional<Path> code() {
        CodeSource source = HolderBinary.class.getProtectionDomain().getCodeSource();
        try {
            return source == null
                    ? Optional.empty()
                    : Optional.of(Path.of(new URI(source.getLocation().toString())));
        } catch (URISyntaxException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
