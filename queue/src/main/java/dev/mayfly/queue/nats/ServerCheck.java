package dev.mayfly.queue.nats;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether a server can keep what the queue promises. */
final class ServerCheck {
    private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})\\..*");

    private ServerCheck() {}

    /** @throws MayflyException {@code QUEUE_UNSUITABLE} */
    static void requireVersion(String version, String url, boolean allowOld) {
        Matcher numbers = VERSION.matcher(version);
        boolean isNew = numbers.matches()
                && (Integer.parseInt(numbers.group(1)) > 2
                        || (Integer.parseInt(numbers.group(1)) == 2 && Integer.parseInt(numbers.group(2)) >= 10));
        if (!isNew && !allowOld) {
            throw new MayflyException(
                    ErrorCode.QUEUE_UNSUITABLE,
                    "the server at " + url + " is nats-server " + version,
                    "servers before 2.10 lose track when they are killed: 2.9.10 delivered acknowledged messages again"
                            + " and left others in its stream for ever",
                    "install nats-server 2.10 or newer, or turn nats.old-server on where losing jobs does not matter");
        }
    }

    static MayflyException noJetStream(String url, String why) {
        return new MayflyException(
                ErrorCode.QUEUE_UNSUITABLE,
                "the server at " + url + " offers no JetStream",
                why,
                "start nats-server with -js, or enable JetStream for this account");
    }
}
