package dev.mayfly.app;

import dev.mayfly.base.config.BadValueException;
import dev.mayfly.base.config.ParseContext;
import dev.mayfly.base.config.ValueType;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A range of milliseconds in the spelling of the replaced system: {@code 200..=800}, or {@code 200..800} without 800. */
record Jitter(Duration least, Duration most) {
    static final Jitter NONE = new Jitter(Duration.ZERO, Duration.ZERO);

    private static final Pattern RANGE = Pattern.compile("([0-9]{1,6})\\.\\.(=?)([0-9]{1,6})");

    static ValueType<Jitter> type() {
        return new ValueType<>() {
            @Override
            public String description() {
                return "range of milliseconds such as 200..=800";
            }

            @Override
            public Jitter parse(List<String> values, ParseContext context) throws BadValueException {
                if (values.size() != 1) {
                    throw new BadValueException("takes one value, not a list");
                }
                return range(values.getFirst());
            }
        };
    }

    private static Jitter range(String text) throws BadValueException {
        Matcher matcher = RANGE.matcher(text.strip());
        if (!matcher.matches()) {
            throw new BadValueException("must be two numbers with ..= between them: 200..=800");
        }
        long least = Long.parseLong(matcher.group(1));
        long most = Long.parseLong(matcher.group(3)) - (matcher.group(2).isEmpty() ? 1 : 0);
        if (most < least) {
            throw new BadValueException("must not be empty: the second number is the larger one");
        }
        return new Jitter(Duration.ofMillis(least), Duration.ofMillis(most));
    }
}
