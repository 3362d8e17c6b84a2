package dev.mayfly.fleet.host;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.fs.DurableFile;
import dev.mayfly.base.log.Log;
import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.backend.Backend;
import dev.mayfly.fleet.backend.Login;
import dev.mayfly.fleet.backend.Plan;
import dev.mayfly.fleet.backend.Ran;
import dev.mayfly.fleet.backend.StartTimes;
import dev.mayfly.fleet.backend.TemplateName;
import dev.mayfly.fleet.guest.GuestStatus;
import dev.mayfly.fleet.protocol.Attempt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A back end that keeps what scripts have written when their machines are gone: a file for each attempt, the newest ones only.
 * To keep it is a kindness to people. Where that fails, the machine ends as if nobody had tried.
 */
public final class KeptOutput implements Backend {
    private static final int MOST_FILES = 500;
    private static final String ENDING = ".log";

    private final Backend backend;
    private final Path folder;
    private final Log log;

    /** @param folder made when it is not there, for this user alone: what scripts write may be secret */
    public KeptOutput(Backend backend, Path folder, Log parentLog) {
        this.backend = Objects.requireNonNull(backend, "backend");
        this.folder = Objects.requireNonNull(folder, "folder");
        this.log = parentLog.named("logs");
        try {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            DurableFile.sweep(folder);
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.STATE_UNAVAILABLE,
                    "cannot make " + folder,
                    e.getClass().getSimpleName() + ": " + e.getMessage(),
                    "make its parent writable, or choose another --home",
                    e);
        }
    }

    private Path file(Attempt attempt) {
        return folder.resolve(attempt + ENDING);
    }

    @Override
    public Set<Attempt> survey() {
        return backend.survey();
    }

    @Override
    public void make(Plan plan) {
        backend.make(plan);
    }

    @Override
    public void warm(ResourceType type, Duration patience) throws InterruptedException {
        backend.warm(type, patience);
    }

    @Override
    public Map<ResourceType, Integer> standing() {
        return backend.standing();
    }

    @Override
    public void prepare(ResourceType type, Duration patience) throws InterruptedException {
        backend.prepare(type, patience);
    }

    @Override
    public Optional<Address> take(Plan plan) {
        return backend.take(plan);
    }

    @Override
    public void dismiss() {
        backend.dismiss();
    }

    @Override
    public List<String> sweep() {
        return backend.sweep();
    }

    @Override
    public Optional<String> refusal(ResourceType type) {
        return backend.refusal(type);
    }

    @Override
    public Optional<TemplateName> template() {
        return backend.template();
    }

    @Override
    public Optional<StartTimes> times(Attempt attempt) {
        return backend.times(attempt);
    }

    @Override
    public Address awaitReady(Attempt attempt, Duration patience) throws InterruptedException {
        return backend.awaitReady(attempt, patience);
    }

    @Override
    public void begin(Attempt attempt, String script) {
        backend.begin(attempt, script);
    }

    @Override
    public OptionalInt awaitEnd(Attempt attempt, Duration patience) throws InterruptedException {
        OptionalInt exit = backend.awaitEnd(attempt, patience);
        if (exit.isPresent()) {
            keep(attempt);
        }
        return exit;
    }

    private void keep(Attempt attempt) {
        try {
            DurableFile.replace(file(attempt), backend.output(attempt).getBytes(StandardCharsets.UTF_8));
            dropOldest();
        } catch (IOException | MayflyException e) {
            log.warn().with("attempt", attempt).cause(e).log("what its script has written is not kept");
        }
    }

    private void dropOldest() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(file -> file.toString().endsWith(ENDING)).toList();
        }
        if (files.size() > MOST_FILES) {
            List<Path> oldest = files.stream()
                    .sorted(Comparator.comparing(KeptOutput::writtenAt))
                    .limit(files.size() - MOST_FILES)
                    .toList();
            for (Path file : oldest) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static FileTime writtenAt(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            return FileTime.fromMillis(0);
        }
    }

    @Override
    public String output(Attempt attempt) {
        try {
            return Files.exists(file(attempt)) ? Files.readString(file(attempt)) : backend.output(attempt);
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.MACHINE_FAILED,
                    "what the script of " + attempt + " has written cannot be read",
                    e.getClass().getSimpleName() + ": " + e.getMessage(),
                    "look at " + file(attempt),
                    e);
        }
    }

    @Override
    public Ran run(Attempt attempt, String command, String input, Duration patience) throws InterruptedException {
        return backend.run(attempt, command, input, patience);
    }

    @Override
    public GuestStatus guest(Attempt attempt) throws InterruptedException {
        return backend.guest(attempt);
    }

    @Override
    public Login login(Attempt attempt) {
        return backend.login(attempt);
    }

    @Override
    public void destroy(Attempt attempt) {
        backend.destroy(attempt);
    }

    @Override
    public void close() {
        backend.close();
    }
}
