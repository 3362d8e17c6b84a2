package dev.mayfly.fleet.backend.fake;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a script would have done that nobody runs: the number in its last {@code exit N}, and what its {@code echo}s say. */
final class FakeScript {
    private static final Pattern EXIT = Pattern.compile("(?s).*\\bexit (\\d+)\\b.*");
    private static final Pattern ECHO = Pattern.compile("(?m)\\becho ([^;\n]*)");

    private FakeScript() {}

    static int exitCode(String script) {
        Matcher exit = EXIT.matcher(script);
        return exit.matches() ? Integer.parseInt(exit.group(1)) : 0;
    }

    static String output(String script) {
        StringBuilder text = new StringBuilder();
        ECHO.matcher(script)
                .results()
                .forEach(echo -> text.append(echo.group(1)).append('\n'));
        return text.toString();
    }
}
