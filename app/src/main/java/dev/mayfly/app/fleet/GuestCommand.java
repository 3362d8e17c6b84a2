package dev.mayfly.app.fleet;

import dev.mayfly.app.Settings;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.program.LongCommand;
import dev.mayfly.base.program.Surroundings;
import dev.mayfly.base.program.Voice;
import dev.mayfly.fleet.guest.RunnerWatch;
import dev.mayfly.fleet.guest.Seed;
import dev.mayfly.fleet.guest.http.HttpGuest;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@code mayfly guest}, inside a machine. */
public final class GuestCommand implements LongCommand {
    private static final Path RUNNER = Path.of("/opt/actions-runner");
    private static final Path DEVICES = Path.of("/dev");
    private static final Pattern DISK = Pattern.compile("vd[a-z]|sd[a-z]|disk[0-9]{1,2}");
    private static final int SSH = 22;
    private static final int MOST_SAID = 64 << 10;

    @Override
    public String name() {
        return "guest";
    }

    @Override
    public int run(Surroundings surroundings, List<String> arguments, Voice voice) throws InterruptedException {
        FleetWords words = FleetWords.parse(arguments);
        Log log = Settings.of(surroundings, Settings.Role.ONE_CALL).serviceLog();
        Seed seed = words.text("--seed").map(file -> read(Path.of(file))).orElseGet(GuestCommand::find);
        InetSocketAddress agent = HostPort.parse(
                        "--agent", words.text("--agent").orElse(seed.agent()))
                .resolved();
        InetSocketAddress at = HostPort.parse("--listen", words.text("--listen").orElse("0.0.0.0:8080"))
                .resolved();
        Optional<Path> hook = words.text("--hook").map(Path::of);
        String hostKey = hook.isPresent() ? letIn(hook.get(), seed) : "";
        try (RunnerWatch watch =
                        RunnerWatch.start(words.text("--runner").map(Path::of).orElse(RUNNER), log);
                HttpGuest guest = HttpGuest.open(seed, agent, at, new HttpGuest.Door(hostKey, SSH), watch, log)) {
            voice.result("mayfly guest is ready: " + seed.runner() + " answers at " + at.getHostString() + ":"
                    + guest.port() + ", and tells its host at " + agent.getHostString() + ":" + agent.getPort());
            guest.announce();
        } catch (InterruptedException _) {
            log.info().log("told to stop");
        }
        return ExitCode.GREEN.number();
    }

    private static Seed read(Path file) {
        try {
            return Seed.read(file);
        } catch (IOException e) {
            throw noSeed(e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    private static Seed find() {
        try (Stream<Path> all = Files.list(DEVICES)) {
            for (Path each : (Iterable<Path>) all.filter(path ->
                            DISK.matcher(String.valueOf(path.getFileName())).matches())
                    .sorted()::iterator) {
                try {
                    return Seed.read(each);
                } catch (IOException _) {
                    // Some other disk.
                }
            }
        } catch (IOException e) {
            throw noSeed(e.getClass().getSimpleName() + ": " + e.getMessage());
        }
        throw noSeed("no disk in " + DEVICES + " that can be read is one");
    }

    private static MayflyException noSeed(String why) {
        return new MayflyException(
                ErrorCode.NOT_FOUND,
                "this machine does not know who it is",
                why,
                "run it as root in a machine that a fleet has started, or name the disk: --seed FILE");
    }

    /** @return the public host key, as a line of authorized_keys without its comment */
    private static String letIn(Path hook, Seed seed) throws InterruptedException {
        try {
            ProcessBuilder builder = new ProcessBuilder(hook.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(DEVICES.resolve("null").toFile()));
            builder.environment().put("MAYFLY_KEY", seed.key());
            builder.environment().put("MAYFLY_NAME", seed.name());
            Process process = builder.start();
            String said;
            try (InputStream in = process.getInputStream()) {
                said = new String(in.readNBytes(MOST_SAID), StandardCharsets.UTF_8);
            }
            if (process.waitFor() != 0) {
                throw hookFailed(hook, "it ended with " + process.exitValue());
            }
            return said.lines()
                    .filter(line -> line.startsWith("ssh-") || line.startsWith("ecdsa-"))
                    .map(line -> String.join(" ", List.of(line.split(" ", -1)).subList(0, 2)))
                    .findFirst()
                    .orElseThrow(() -> hookFailed(hook, "it prints no public host key"));
        } catch (IOException e) {
            throw hookFailed(hook, String.valueOf(e.getMessage()));
        }
    }

    private static MayflyException hookFailed(Path hook, String why) {
        return new MayflyException(
                ErrorCode.MACHINE_FAILED,
                "nobody can log in to this machine",
                hook + ": " + why,
                "let it put MAYFLY_KEY where the SSH server looks, start that, and print its public host key");
    }
}
