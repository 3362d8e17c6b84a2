package dev.mayfly.sandbox.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.Repository;
import dev.mayfly.sandbox.allow.AllowSyntaxException;
import dev.mayfly.sandbox.allow.NetRule;
import dev.mayfly.sandbox.allow.Wildcard;
import dev.mayfly.sandbox.policy.PolicyReader;
import dev.mayfly.sandbox.request.RequestReader;
import dev.mayfly.sandbox.slot.OutputGlob;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/**
 * What is read from strangers, in shapes that make readers slow, deep or large, and as plain noise: a value or one of the
 * documented failures, soon. The tests of each reader change good texts a little; these are not good to begin with.
 */
class HostileInputTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Set<ErrorCode> REQUEST_FAILURES =
            Set.of(ErrorCode.REQUEST_INVALID, ErrorCode.REQUEST_TOO_LARGE);

    /** Shapes of JSON. */
    private static Map<String, String> requests() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("a number of a million digits", "{\"cmd\":\"x\",\"seed\":" + "9".repeat(1_000_000) + "}");
        all.put("a number with a huge exponent", "{\"cmd\":\"x\",\"timeout_sec\":1e999999999}");
        all.put("a number with a huge negative exponent", "{\"cmd\":\"x\",\"timeout_sec\":1e-999999999}");
        all.put("a million digits behind the point", "{\"cmd\":\"x\",\"timeout_sec\":0." + "1".repeat(1_000_000) + "}");
        all.put("open arrays", "[".repeat(2_000_000));
        all.put("open objects", "{\"a\":".repeat(500_000));
        all.put("many unknown keys", "{" + keys("key%d", 200_000) + "\"cmd\":\"x\"}");
        all.put("keys of equal hash", "{\"env\":{" + equalHashes() + "\"z\":\"\"},\"cmd\":\"x\"}");
        all.put("the same key over and over", "{" + "\"cmd\":\"x\",".repeat(200_000) + "\"cmd\":\"x\"}");
        all.put("only escapes", "{\"cmd\":\"" + "\\u0041".repeat(500_000) + "\"}");
        all.put("half surrogates", "{\"cmd\":\"" + "\\ud800".repeat(10_000) + "\"}");
        all.put("a string that never ends", "{\"cmd\":\"" + "x".repeat(4_000_000));
        all.put("white space", " ".repeat(4_000_000) + "{\"cmd\":\"x\"}");
        all.put(
                "base64 without end",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"a\",\"content_b64\":\"" + "A".repeat(4_000_001) + "\"}]}");
        all.put("a path of many folders", "{\"cmd\":\"x\",\"files\":[{\"path\":\"" + "a/".repeat(500_000) + "b\"}]}");
        all.put("many rules", "{\"cmd\":\"x\",\"allow_net\":[" + "\"a.example\",".repeat(200_000) + "\"b.example\"]}");
        all.put("a rule of many labels", "{\"cmd\":\"x\",\"allow_net\":[\"" + "a.".repeat(500_000) + "example\"]}");
        all.put("globs of stars", "{\"cmd\":\"x\",\"outputs\":[\"" + "**/".repeat(100_000) + "x\"]}");
        return all;
    }

    private static String keys(String format, int count) {
        StringBuilder keys = new StringBuilder();
        for (int i = 0; i < count; i++) {
            keys.append('"').append(String.format(format, i)).append("\":1,");
        }
        return keys.toString();
    }

    /** "Aa" and "BB" have one hash, and so has every row of them. */
    private static String equalHashes() {
        StringBuilder keys = new StringBuilder();
        for (int i = 0; i < 1 << 14; i++) {
            keys.append('"');
            for (int bit = 0; bit < 14; bit++) {
                keys.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            keys.append("\":\"\",");
        }
        return keys.toString();
    }

    private static Map<String, String> policies() {
        String good = Repository.text("policies/default.policy.yml");
        Map<String, String> all = new LinkedHashMap<>();
        all.put("open flow sequences", "version: " + "[".repeat(300_000));
        all.put("open flow mappings", "version: " + "{a: ".repeat(100_000));
        all.put("deep block", deepBlock(1_000));
        all.put(
                "laughter",
                "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
                        + "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n");
        all.put("a tag", "version: !!java.net.URL [\"http://192.0.2.1/\"]\n");
        all.put("several documents", good + "\n---\n" + good);
        all.put("a key of a megabyte", "k".repeat(1_000_000) + ": 1\n");
        all.put("a number of a hundred thousand digits", good.replace("version: 1", "version: " + "1".repeat(100_000)));
        all.put("many keys", "version: 1\n" + "x: 1\n".repeat(100_000));
        all.put("comments", "# x\n".repeat(300_000));
        all.put("only a byte order mark", "\ufeff");
        all.put("control characters", "version: 1\n\u0000\u0001\u0085\u2028");
        return all;
    }

    private static String deepBlock(int depth) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < depth; i++) {
            text.append(" ".repeat(i)).append("a:\n");
        }
        return text.toString();
    }

    @Test
    void requests_of_hostile_shapes_are_refused_soon() {
        requests().forEach((shape, text) -> assertTimeoutPreemptively(SOON, () -> readRequest(utf8(text)), shape));
    }

    @Test
    void policies_of_hostile_shapes_are_refused_soon() {
        policies()
                .forEach((shape, text) -> assertThat(
                                assertTimeoutPreemptively(SOON, () -> readPolicy(utf8(text)), shape))
                        .as(shape)
                        .isFalse());
    }

    @Test
    void patterns_full_of_stars_are_matched_in_no_time() {
        String text = "a".repeat(20_000);
        String stars = "a*".repeat(2_000) + "b";
        assertThat(assertTimeoutPreemptively(SOON, () -> Wildcard.fits(stars, text)))
                .isFalse();
        String path = "a/".repeat(400) + "a";
        assertThat(assertTimeoutPreemptively(
                        SOON,
                        () -> OutputGlob.of("**/a*a*a*/".repeat(200) + "b").matches(path)))
                .isFalse();
    }

    @Property(tries = 2_000)
    void noise_is_no_request(@ForAll long seed) {
        readRequest(noise(new Random(seed), "{}[]\":,\\u0123456789eE+-.cmdargvfilesenvtrue null"));
    }

    @Property(tries = 2_000)
    void noise_is_no_policy(@ForAll long seed) {
        readPolicy(noise(new Random(seed), "versioncapabilitieslimits: -[]{}&*!|>'\"%@`#?,\n\n\t 0123456789"));
    }

    @Property(tries = 3_000)
    void noise_is_no_rule_or_one_that_reads_back(@ForAll long seed) {
        String text = new String(noise(new Random(seed), "abcxn-*.:[]/%0123456789fFeE_@#\\"), StandardCharsets.UTF_8);
        try {
            NetRule rule = NetRule.parse(text);
            assertThat(NetRule.parse(rule.toString())).isEqualTo(rule);
        } catch (AllowSyntaxException e) {
            assertThat(e.problem()).isNotBlank();
        }
    }

    /** From an alphabet that gets past the first character, or any bytes at all. */
    private static byte[] noise(Random random, String alphabet) {
        byte[] bytes = new byte[random.nextInt(300)];
        random.nextBytes(bytes);
        if (random.nextInt(4) > 0) {
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
            }
        }
        return bytes;
    }

    private static boolean readRequest(byte[] bytes) {
        try {
            new RequestReader().read(bytes);
            return true;
        } catch (MayflyException e) {
            assertThat(e.code()).isIn(REQUEST_FAILURES);
            assertThat(e.why()).isNotBlank().hasSizeLessThan(40_000);
            return false;
        }
    }

    private static boolean readPolicy(byte[] bytes) {
        try {
            new PolicyReader().read(bytes, "test.policy.yml");
            return true;
        } catch (MayflyException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.POLICY_INVALID);
            assertThat(e.why()).isNotBlank().hasSizeLessThan(40_000);
            return false;
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
