package dev.mayfly.app.fleet;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonSyntaxException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.fleet.protocol.Answer;
import dev.mayfly.fleet.protocol.Question;
import dev.mayfly.fleet.remote.FleetClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Reaches into machines. */
final class MachineOperations {
    private static final int MOST_INPUT = 1 << 20;
    private static final Duration EXEC = Duration.ofMinutes(1);
    private static final Duration LONGEST_EXEC = Duration.ofHours(6);

    private MachineOperations() {}

    static int logs(FleetWords words, FleetSession session) throws InterruptedException {
        try (FleetClient client = session.client(words)) {
            write(session, client.ask(words.argument(0), new Question.Logs()).text());
        }
        return ExitCode.GREEN.number();
    }

    private static void write(FleetSession session, String text) {
        try {
            session.standardOutput().write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // Whoever read it had enough, as in: mayfly fleet logs … | head
        }
    }

    static int exec(FleetWords words, FleetSession session) throws InterruptedException {
        List<String> command = command(words);
        if (command.isEmpty()) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "there is no command",
                    "after the runner comes what to run in it",
                    "mayfly fleet exec " + words.argument(0) + " -- uname -a");
        }
        Duration patience =
                words.time("--patience", Duration.ofSeconds(1), LONGEST_EXEC).orElse(EXEC);
        String input = words.on("--stdin") ? input(session) : "";
        String line = command.stream().map(MachineOperations::quoted).collect(Collectors.joining(" "));
        try (FleetClient client = session.client(words)) {
            Answer.Text answer = client.ask(words.argument(0), new Question.Exec(line, input, patience));
            write(session, answer.text());
            return answer.exitCode();
        }
    }

    /** What stands behind the runner, and behind the dashes that may stand between. */
    private static List<String> command(FleetWords words) {
        List<String> rest = words.arguments().subList(1, words.arguments().size());
        return !rest.isEmpty() && rest.getFirst().equals("--") ? rest.subList(1, rest.size()) : rest;
    }

    /** As one word of a POSIX shell. */
    static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./:=@%+,-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    private static String input(FleetSession session) {
        try {
            byte[] bytes = session.standardInput().readNBytes(MOST_INPUT + 1);
            if (bytes.length > MOST_INPUT) {
                throw new MayflyException(
                        ErrorCode.REQUEST_TOO_LARGE,
                        "stdin is too large for a command in a machine",
                        "more than the limit of " + MOST_INPUT + " bytes",
                        "let the command fetch what it needs");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.INPUT_UNREADABLE,
                    "cannot read stdin",
                    String.valueOf(e.getMessage()),
                    "look where it comes from",
                    e);
        }
    }

    static int ssh(FleetWords words, FleetSession session) throws InterruptedException {
        String text;
        try (FleetClient client = session.client(words)) {
            text = client.ask(words.argument(0), new Question.Login()).text();
        }
        JsonObject login = login(text);
        Path key = Path.of(RunnerOperations.text(login, "key"));
        if (!words.on("--print") && !Files.isReadable(key)) {
            throw new MayflyException(
                    ErrorCode.NOT_FOUND,
                    "nobody can log in from here",
                    "the key of the machine is " + key + " on its own host, and does not leave it",
                    "type this command on that host (mayfly fleet show " + words.argument(0)
                            + "), or run single commands from here: mayfly fleet exec " + words.argument(0) + " -- …");
        }
        Path known = knownHosts(login);
        try {
            List<String> command = sshCommand(login, key, known, words);
            if (words.on("--print")) {
                session.voice()
                        .result(command.stream().map(MachineOperations::quoted).collect(Collectors.joining(" ")));
                return ExitCode.GREEN.number();
            }
            if (session.program("ssh").isEmpty()) {
                throw new MayflyException(
                        ErrorCode.NOT_FOUND,
                        "there is no ssh on PATH",
                        "mayfly fleet ssh hands the terminal to it",
                        "apt-get install openssh-client, or use: mayfly fleet exec");
            }
            return new ProcessBuilder(command).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.INPUT_UNREADABLE,
                    "ssh cannot be started",
                    String.valueOf(e.getMessage()),
                    "look at PATH",
                    e);
        } finally {
            if (!words.on("--print")) {
                delete(known);
            }
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException _) {
            // It holds a public key only.
        }
    }

    private static List<String> sshCommand(JsonObject login, Path key, Path known, FleetWords words) {
        List<String> command = new ArrayList<>(List.of(
                "ssh",
                "-i",
                key.toString(),
                "-p",
                String.valueOf(RunnerOperations.number(login, "port")),
                "-o",
                "IdentitiesOnly=yes",
                "-o",
                "StrictHostKeyChecking=yes",
                "-o",
                "UserKnownHostsFile=" + known,
                RunnerOperations.text(login, "user") + "@" + RunnerOperations.text(login, "host")));
        command.addAll(command(words));
        return command;
    }

    /** With the one key that the machine's hypervisor vouches for. */
    private static Path knownHosts(JsonObject login) {
        try {
            Path file = Files.createTempFile(
                    "mayfly-known-hosts-",
                    "",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            return Files.writeString(
                    file,
                    "[" + RunnerOperations.text(login, "host") + "]:" + RunnerOperations.number(login, "port") + " "
                            + RunnerOperations.text(login, "host_key") + "\n");
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.STATE_UNAVAILABLE,
                    "cannot write the key of the machine for ssh",
                    String.valueOf(e.getMessage()),
                    "make the folder for temporary files writable",
                    e);
        }
    }

    private static JsonObject login(String text) {
        try {
            if (JsonReader.read(text.getBytes(StandardCharsets.UTF_8)) instanceof JsonObject login) {
                return login;
            }
        } catch (JsonSyntaxException _) {
            // Told below.
        }
        throw new MayflyException(
                ErrorCode.SERVICE_PROTOCOL,
                "the host of the machine says something that makes no sense here",
                "it should say how to log in",
                "use the same release on both sides");
    }
}
