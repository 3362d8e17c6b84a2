package dev.mayfly.fleet.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Who is asked for names in the place of a runner. */
public sealed interface Resolver {
    /** This one. */
    record Named(String address) implements Resolver {
        public Named {
            if (Ipv4Network.parse(address)
                    .filter(each -> each.bits() == Ipv4Network.ALL_BITS)
                    .isEmpty()) {
                throw new IllegalArgumentException("must be an IPv4 address");
            }
        }
    }

    /** The first with an IPv4 address in a file as resolv.conf(5), which is read each time. */
    record OfHost(Path file) implements Resolver {
        private static final String KEYWORD = "nameserver";
    }

    /** As the host itself. */
    static Resolver ofHost() {
        return new OfHost(Path.of("/etc/resolv.conf"));
    }

    /** Empty when there is none, so that runners find no names. */
    default Optional<String> current() {
        return switch (this) {
            case Named named -> Optional.of(named.address());
            case OfHost host -> first(host.file());
        };
    }

    private static Optional<String> first(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.map(line -> line.strip().split("\\s+"))
                    .filter(words -> words.length > 1 && words[0].equals(OfHost.KEYWORD))
                    .map(words -> words[1])
                    .filter(word -> Ipv4Network.parse(word).isPresent())
                    .findFirst();
        } catch (IOException | java.io.UncheckedIOException e) {
            return Optional.empty();
        }
    }
}
