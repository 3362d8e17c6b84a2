package dev.mayfly.sandbox.grade;

import dev.mayfly.sandbox.allow.Ascii;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * The words of a command, for signs of what it is about. This is a courtesy, not a wall: a shell can spell anything in
 * a thousand ways, and whatever is missed here meets the box. So it prefers plain signs to clever ones, to be wrong
 * about harmless commands as rarely as possible: a program counts where a program can stand, a URL counts anywhere
 * but after {@code #} and in the text that echo and printf print to the screen.
 */
final class CommandText {
    private static final Set<String> NET_PROGRAMS = Set.of(
            "curl",
            "wget",
            "nc",
            "ncat",
            "netcat",
            "socat",
            "telnet",
            "ssh",
            "scp",
            "sftp",
            "rsync",
            "ftp",
            "tftp",
            "ping",
            "ping6",
            "traceroute",
            "nslookup",
            "dig",
            "aria2c",
            "lynx",
            "nmap",
            "whois");

    private static final List<String> URL_SCHEMES =
            List.of("http://", "https://", "ftp://", "ftps://", "ssh://", "ws://", "wss://", "/dev/tcp/", "/dev/udp/");

    /** Parts of paths under which credentials are kept. */
    private static final List<String> SECRET_PARTS = List.of(
            "/.ssh",
            "~/.ssh",
            ".ssh/",
            "id_rsa",
            "id_ed25519",
            "id_ecdsa",
            "authorized_keys",
            "/.aws",
            ".aws/credentials",
            ".gnupg",
            ".kube/config",
            ".docker/config.json",
            ".netrc",
            ".git-credentials",
            ".npmrc",
            ".pypirc",
            "/etc/shadow",
            "/etc/gshadow",
            "/etc/sudoers",
            "/proc/1/environ",
            "docker.sock");

    /** Words after which another program stands. */
    private static final Set<String> LAUNCHERS = Set.of(
            "sudo", "env", "exec", "nohup", "time", "timeout", "xargs", "nice", "then", "do", "else", "if", "while",
            "until", "!", "command", "eval", "setsid", "stdbuf", "busybox", "(", "{");

    private static final Set<String> PRINTERS = Set.of("echo", "printf");

    private final List<List<String>> commands;

    private CommandText(List<List<String>> commands) {
        this.commands = commands;
    }

    static CommandText of(List<String> argv) {
        boolean shell = argv.size() >= 3
                && Set.of("sh", "bash", "dash", "ash", "zsh", "ksh").contains(baseName(argv.getFirst()))
                && argv.get(1).startsWith("-")
                && argv.get(1).endsWith("c");
        return new CommandText(shell ? ShellWords.split(argv.get(2)) : List.of(argv));
    }

    /** Each distinct sign that the command wants network, sorted. */
    List<String> netIntents() {
        Set<String> found = new TreeSet<>();
        for (List<String> words : commands) {
            int at = programAt(words);
            for (String nested : nested(words, at)) {
                found.addAll(of(List.of("sh", "-c", nested)).netIntents());
            }
            if (at < words.size() && NET_PROGRAMS.contains(baseName(words.get(at)))) {
                found.add(baseName(words.get(at)));
            }
            if (at < words.size() && PRINTERS.contains(baseName(words.get(at)))) {
                continue;
            }
            for (String word : words) {
                String lower = word.toLowerCase(Locale.ROOT);
                URL_SCHEMES.stream().filter(lower::contains).forEach(scheme -> found.add(subject(lower, scheme)));
            }
        }
        return List.copyOf(found);
    }

    /** Each distinct name of credentials in the command, sorted. */
    List<String> secrets() {
        Set<String> found = new TreeSet<>();
        for (List<String> words : commands) {
            int at = programAt(words);
            boolean printed = at < words.size() && PRINTERS.contains(baseName(words.get(at)));
            if (printed) {
                continue;
            }
            if (at < words.size() && baseName(words.get(at)).equals("ssh")) {
                found.add("ssh");
            }
            for (String word : words) {
                SECRET_PARTS.stream().filter(word::contains).forEach(found::add);
            }
        }
        return List.copyOf(found);
    }

    /** The text that a shell within the command gets with -c. */
    private static List<String> nested(List<String> words, int at) {
        List<String> found = new ArrayList<>();
        boolean shell = at < words.size()
                && Set.of("sh", "bash", "dash", "ash", "zsh", "ksh").contains(baseName(words.get(at)));
        if (shell
                && at + 2 < words.size()
                && words.get(at + 1).startsWith("-")
                && words.get(at + 1).endsWith("c")) {
            found.add(words.get(at + 2));
        }
        return found;
    }

    /** Skips assignments and launchers with their options and numbers. */
    private static int programAt(List<String> words) {
        int at = 0;
        boolean launched = false;
        while (at < words.size()) {
            String word = words.get(at);
            boolean assignment = word.indexOf('=') > 0 && Character.isLetter(word.charAt(0));
            boolean launcher = LAUNCHERS.contains(baseName(word));
            boolean option = launched && (word.startsWith("-") || Ascii.all(word, c -> Ascii.isDigit(c) || c == 's'));
            if (!assignment && !launcher && !option) {
                return at;
            }
            launched |= launcher;
            at++;
        }
        return at;
    }

    private static String subject(String word, String scheme) {
        int from = word.indexOf(scheme);
        int to = from + scheme.length();
        while (to < word.length() && "/?#'\"\\ )".indexOf(word.charAt(to)) < 0 && to - from < 120) {
            to++;
        }
        return word.substring(from, to).replaceAll("[^\\x21-\\x7e]", "?");
    }

    private static String baseName(String word) {
        return word.substring(word.lastIndexOf('/') + 1);
    }
}
