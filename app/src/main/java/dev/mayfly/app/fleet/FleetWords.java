package dev.mayfly.app.fleet;

import dev.mayfly.app.HandedWords;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A command about the fleet as the client hands it on, with the numbers and times that its options take. */
record FleetWords(HandedWords words) {
    private static final Pattern TIME = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

    /** @throws IllegalArgumentException when it is not of that form: the client made it */
    static FleetWords parse(List<String> handed) {
        return new FleetWords(HandedWords.parse(handed));
    }

    String command() {
        return words.command();
    }

    List<String> arguments() {
        return words.arguments();
    }

    String argument(int index) {
        return arguments().get(index);
    }

    boolean on(String flag) {
        return words.on(flag);
    }

    Optional<String> text(String option) {
        return words.text(option);
    }

    List<String> texts(String option) {
        return words.texts(option);
    }

    Optional<Integer> number(String option, int least, int most) {
        return on(option) ? Optional.of((int) words.number(option, least, most, least)) : Optional.empty();
    }

    Optional<Duration> time(String option, Duration least, Duration most) {
        return text(option).map(typed -> {
            Duration time = time(option, typed);
            if (time.compareTo(least) < 0 || time.compareTo(most) > 0) {
                throw wrong(
                        option,
                        typed,
                        "a time from " + least.toMillis() + "ms to " + most.toSeconds() + "s",
                        option + " " + most.toSeconds() + "s");
            }
            return time;
        });
    }

    static Duration time(String option, String typed) {
        Matcher parts = TIME.matcher(typed);
        if (!parts.matches()) {
            throw wrong(option, typed, "a number with ms, s, m or h", option + " 90s");
        }
        long number = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }

    private static MayflyException wrong(String option, String typed, String takes, String example) {
        return new MayflyException(
                ErrorCode.USAGE,
                option + " does not understand '" + typed + "'",
                "it takes " + takes,
                "for example: " + example);
    }
}
