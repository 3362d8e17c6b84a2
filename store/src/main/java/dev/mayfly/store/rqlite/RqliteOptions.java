package dev.mayfly.store.rqlite;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Which cluster, and how long to try.
 *
 * @param nodes {@code http} or {@code https} addresses of one or more nodes, in the order in which they are asked
 * @param credentials {@code name:password}, when the cluster asks for them
 * @param patience how long a call looks for a node that answers and knows its leader
 * @param answerWithin how long one node may take for one answer
 */
public record RqliteOptions(List<URI> nodes, Optional<String> credentials, Duration patience, Duration answerWithin) {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);
    private static final String EXAMPLE = "write it like http://127.0.0.1:4001, or several with commas between";

    public RqliteOptions {
        nodes = List.copyOf(nodes);
        Objects.requireNonNull(credentials, "credentials");
        if (nodes.isEmpty()) {
            throw new IllegalArgumentException("a cluster has at least one node");
        }
        if (!patience.isPositive() || !answerWithin.isPositive()) {
            throw new IllegalArgumentException("patience and answerWithin must be longer than nothing");
        }
    }

    /**
     * Reads {@code http://name:password@host:4001,https://other:4001}: the first name and password count for all nodes.
     *
     * @throws MayflyException {@code CONFIGURATION_INVALID} that does not repeat a password
     */
    public static RqliteOptions of(String text) {
        List<URI> nodes = new ArrayList<>();
        Optional<String> credentials = Optional.empty();
        for (String each : text.split(",", -1)) {
            URI given = address(each.strip());
            if (credentials.isEmpty()) {
                credentials = Optional.ofNullable(given.getUserInfo());
            }
            nodes.add(withoutUser(given));
        }
        return new RqliteOptions(nodes, credentials, PATIENCE, ANSWER_WITHIN);
    }

    public RqliteOptions withPatience(Duration longest) {
        return new RqliteOptions(nodes, credentials, longest, answerWithin);
    }

    private static URI address(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw misspelt("an address in it is not a URL");
        }
        boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
        if (!web || uri.getHost() == null) {
            throw misspelt("an address in it does not begin with http:// or https:// and a host");
        }
        String path = uri.getPath();
        if ((path != null && !path.isEmpty() && !path.equals("/")) || uri.getQuery() != null) {
            throw misspelt("an address in it has more than a host and a port");
        }
        return uri;
    }

    private static MayflyException misspelt(String why) {
        return new MayflyException(
                ErrorCode.CONFIGURATION_INVALID, "the addresses of the rqlite cluster cannot be used", why, EXAMPLE);
    }

    private static URI withoutUser(URI given) {
        int port = given.getPort() >= 0 ? given.getPort() : 4001;
        return URI.create(given.getScheme() + "://" + given.getHost() + ":" + port);
    }

    /** For texts that people read: without password. */
    String shown() {
        return String.join(", ", nodes.stream().map(URI::toString).toList());
    }

    @Override
    public String toString() {
        return "RqliteOptions[" + shown() + (credentials.isPresent() ? ", with a password" : "") + "]";
    }
}
