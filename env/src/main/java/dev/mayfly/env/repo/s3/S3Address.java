package dev.mayfly.env.repo.s3;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code s3://bucket/prefix?endpoint=http://host:port&region=name}.
 *
 * @param prefix without slashes at its ends; empty for the whole bucket
 * @param endpoint of a store that is not Amazon's
 */
public record S3Address(String bucket, String prefix, Optional<URI> endpoint, Optional<String> region) {
    private static final String SCHEME = "s3://";
    private static final Pattern PARTS = Pattern.compile("s3://([^/?#]*)/?([^?#]*?)/?(?:\\?([^#]*))?");
    private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,62}");
    private static final Pattern PREFIX = Pattern.compile("([A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*)?");
    private static final Pattern REGION = Pattern.compile("[A-Za-z0-9-]{1,64}");

    /** Whether somebody means an object store, rightly written or not. */
    public static boolean looksLike(String text) {
        return text.startsWith(SCHEME);
    }

    /**
     * @throws MayflyException {@code USAGE}; it repeats nothing of what might be a secret that was typed at the wrong place
     */
    public static S3Address parse(String text) {
        Matcher parts = PARTS.matcher(text);
        if (!parts.matches()) {
            throw wrong("it is s3://bucket/prefix?endpoint=…&region=…");
        }
        String bucket = parts.group(1);
        if (bucket.contains("@") || bucket.contains(":")) {
            throw wrong(
                    "before the first slash is the name of a bucket and nothing else; keys are not a part of addresses");
        }
        if (!BUCKET.matcher(bucket).matches()) {
            throw wrong("a bucket is 2 to 63 letters, digits, dots, hyphens and underscores");
        }
        String prefix = parts.group(2);
        if (!PREFIX.matcher(prefix).matches()
                || Arrays.stream(prefix.split("/", -1)).anyMatch(each -> each.equals(".") || each.equals(".."))) {
            throw wrong("a prefix is made of letters, digits, dots, hyphens and underscores, with slashes between");
        }
        Optional<URI> endpoint = Optional.empty();
        Optional<String> region = Optional.empty();
        String query = Optional.ofNullable(parts.group(3)).orElse("");
        for (String each : query.isEmpty() ? new String[0] : query.split("&", -1)) {
            int equals = each.indexOf('=');
            String name = each.substring(0, Math.max(0, equals));
            String value = decoded(each.substring(equals + 1));
            switch (name) {
                case "endpoint" -> endpoint = Optional.of(endpoint(value));
                case "region" -> region = Optional.of(region(value));
                default -> throw wrong("after the question mark are endpoint=… and region=…, and nothing else");
            }
        }
        return new S3Address(bucket, prefix, endpoint, region);
    }

    /** Of a store that is not Amazon's, as in an address or in {@code AWS_ENDPOINT_URL}. */
    static URI endpoint(String text) {
        try {
            URI uri = new URI(text);
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            String path = Optional.ofNullable(uri.getPath()).orElse("");
            if (web
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && (path.isEmpty() || path.equals("/"))) {
                return new URI(uri.getScheme(), null, uri.getHost(), uri.getPort(), null, null, null);
            }
        } catch (URISyntaxException e) {
            // Said below, without its words.
        }
        throw wrong("an endpoint is http://host:port or https://host:port, and nothing else");
    }

    static String region(String text) {
        if (!REGION.matcher(text).matches()) {
            throw wrong("a region is made of letters, digits and hyphens");
        }
        return text;
    }

    private static String decoded(String value) {
        try {
            return URLDecoder.decode(value, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw wrong("a value in it has a percent sign that is not followed by two digits");
        }
    }

    private static MayflyException wrong(String why) {
        return new MayflyException(
                ErrorCode.USAGE,
                "this is no address of an object store",
                why,
                "for example: s3://environments/studio?endpoint=https://store.example:9000&region=us-east-1;"
                        + " the key goes to AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
    }

    /** As it is read. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(SCHEME).append(bucket);
        if (!prefix.isEmpty()) {
            text.append('/').append(prefix);
        }
        char separator = '?';
        if (endpoint.isPresent()) {
            text.append(separator).append("endpoint=").append(endpoint.get());
            separator = '&';
        }
        if (region.isPresent()) {
            text.append(separator).append("region=").append(region.get());
        }
        return text.toString();
    }
}
