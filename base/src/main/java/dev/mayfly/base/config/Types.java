package dev.mayfly.base.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The types of values that keys are declared with. */
public final class Types {
    private Types() {}

    /** Any text. */
    public static ValueType<String> text() {
        return scalar("text", (text, _) -> text);
    }

    public static ValueType<Boolean> bool() {
        return scalar("true or false", (text, _) -> switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on", "1" -> true;
            case "false", "no", "off", "0" -> false;
            default -> throw new BadValueException("must be true or false");
        });
    }

    public static ValueType<Integer> integer(int min, int max) {
        return scalar("integer " + min + " to " + max, (text, _) -> {
            try {
                int value = Integer.parseInt(text);
                if (value >= min && value <= max) {
                    return value;
                }
            } catch (NumberFormatException e) {
                // Said below.
            }
            throw new BadValueException("must be an integer from " + min + " to " + max);
        });
    }

    /** One of the constants of an enum, spelt in lower case with dashes. */
    public static <E extends Enum<E>> ValueType<E> choice(Class<E> type) {
        E[] constants = type.getEnumConstants();
        StringBuilder names = new StringBuilder();
        for (E constant : constants) {
            names.append(names.isEmpty() ? "" : ", ").append(spelling(constant));
        }
        String all = names.toString();
        return scalar("one of " + all, (text, _) -> {
            for (E constant : constants) {
                if (spelling(constant).equals(text)) {
                    return constant;
                }
            }
            throw new BadValueException("must be one of " + all);
        });
    }

    private static String spelling(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** A time with its unit: {@code 500ms}, {@code 30s}, {@code 5m}, {@code 2h}, {@code 7d}. */
    public static ValueType<Duration> duration(Duration min, Duration max) {
        return scalar("duration such as 500ms, 30s, 5m, 2h", (text, _) -> {
            Duration value = parseDuration(text);
            if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
                throw new BadValueException("must be from " + show(min) + " to " + show(max));
            }
            return value;
        });
    }

    private static Duration parseDuration(String text) throws BadValueException {
        Quantity quantity = Quantity.of(text, "must be a number with its unit: ms, s, m, h or d");
        try {
            return switch (quantity.unit()) {
                case "ms" -> Duration.ofMillis(quantity.number());
                case "s" -> Duration.ofSeconds(quantity.number());
                case "m" -> Duration.ofMinutes(quantity.number());
                case "h" -> Duration.ofHours(quantity.number());
                case "d" -> Duration.ofDays(quantity.number());
                case "" -> throw new BadValueException("needs a unit: " + text + "ms, " + text + "s, " + text + "m, …");
                default -> throw new BadValueException("must end with ms, s, m, h or d");
            };
        } catch (ArithmeticException e) {
            throw new BadValueException("is too long");
        }
    }

    private static String show(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }

    /** A number of bytes: {@code 4096}, {@code 64KiB}, {@code 16MiB}, {@code 2GiB}. */
    public static ValueType<Long> bytes(long min, long max) {
        return scalar("bytes such as 4096, 64KiB, 16MiB, 2GiB", (text, _) -> {
            Quantity quantity = Quantity.of(text, "must be a number of bytes: 4096, 64KiB, 16MiB or 2GiB");
            int shift = switch (quantity.unit()) {
                case "", "B" -> 0;
                case "KiB" -> 10;
                case "MiB" -> 20;
                case "GiB" -> 30;
                case "TiB" -> 40;
                default -> throw new BadValueException("must end with KiB, MiB, GiB or TiB, or be plain bytes");
            };
            long value = quantity.number() > (Long.MAX_VALUE >> shift) ? Long.MAX_VALUE : quantity.number() << shift;
            if (value < min || value > max) {
                throw new BadValueException("must be from " + min + " to " + max + " bytes");
            }
            return value;
        });
    }

    /** A path; {@code ~/} stands for the home directory. */
    public static ValueType<Path> path() {
        return scalar("path", (text, context) -> {
            if (text.isEmpty()) {
                throw new BadValueException("must not be empty");
            }
            String expanded = text;
            if (text.equals("~") || text.startsWith("~/")) {
                if (context.home().isEmpty()) {
                    throw new BadValueException("begins with ~ but the home directory is unknown: HOME is not set");
                }
                expanded = context.home() + text.substring(1);
            }
            try {
                return Path.of(expanded);
            } catch (InvalidPathException e) {
                throw new BadValueException("is not a path: " + e.getReason());
            }
        });
    }

    /** Several values of one type; in a flag or a variable they are separated by commas. */
    public static <T> ValueType<List<T>> listOf(ValueType<T> item) {
        return new ListType<>(item);
    }

    private static <T> ValueType<T> scalar(String description, ScalarParser<T> parser) {
        return new ScalarType<>(description, parser);
    }

    private interface ScalarParser<T> {
        T parse(String text, ParseContext context) throws BadValueException;
    }

    private record ScalarType<T>(String description, ScalarParser<T> parser) implements ValueType<T> {
        @Override
        public T parse(List<String> values, ParseContext context) throws BadValueException {
            if (values.size() != 1) {
                throw new BadValueException("takes one value, not a list");
            }
            return parser.parse(values.getFirst(), context);
        }
    }

    private record ListType<T>(ValueType<T> item) implements ValueType<List<T>> {
        @Override
        public String description() {
            return "list of: " + item.description();
        }

        @Override
        public List<T> parse(List<String> values, ParseContext context) throws BadValueException {
            List<String> texts = values;
            if (values.size() == 1) {
                texts = new ArrayList<>();
                for (String text : values.getFirst().split(",", -1)) {
                    if (!text.isBlank()) {
                        texts.add(text.strip());
                    }
                }
            }
            List<T> items = new ArrayList<>();
            for (String text : texts) {
                items.add(item.parse(List.of(text), context));
            }
            return List.copyOf(items);
        }
    }

    /** Decimal digits, then letters. */
    private record Quantity(long number, String unit) {
        static Quantity of(String text, String problem) throws BadValueException {
            int digits = 0;
            while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
                digits++;
            }
            if (digits == 0 || digits > 18) {
                throw new BadValueException(problem);
            }
            return new Quantity(Long.parseLong(text.substring(0, digits)), text.substring(digits));
        }
    }
}
