package dev.mayfly.app.env;

import dev.mayfly.app.HandedWords;
import dev.mayfly.app.SettingKeys;
import dev.mayfly.app.Settings;
import dev.mayfly.app.SettingsFile;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.id.IdSource;
import dev.mayfly.base.program.Voice;
import dev.mayfly.env.library.Library;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.repo.fs.FsRepository;
import dev.mayfly.env.runtime.RuntimeId;
import dev.mayfly.env.runtime.Runtimes;
import dev.mayfly.env.spec.Resolver;
import dev.mayfly.env.spec.SpecLoader;
import dev.mayfly.platform.EnterBinary;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a command about environments works with. Opens the repository when it is first asked for. Used by one thread. */
final class EnvSession implements AutoCloseable {
    private final Settings settings;
    private final Voice voice;
    private final Clock clock;
    private final Map<String, String> environment;
    private final IdSource ids;
    private final Kept kept;
    private final OutputStream out = new FileOutputStream(FileDescriptor.out);
    private final Optional<String> namespace;
    private Optional<FsRepository> repository = Optional.empty();

    /** @param namespace of tags; empty for those without one */
    EnvSession(
            Settings settings,
            Optional<String> namespace,
            Voice voice,
            Clock clock,
            Map<String, String> environment,
            IdSource ids,
            Kept kept) {
        this.namespace = namespace;
        this.settings = settings;
        this.voice = voice;
        this.clock = clock;
        this.environment = Map.copyOf(environment);
        this.ids = ids;
        this.kept = kept;
    }

    Settings settings() {
        return settings;
    }

    /** Where settings of this home are written down, made or not. */
    SettingsFile settingsFile() {
        return new SettingsFile(Optional.ofNullable(environment.get("MAYFLY_CONFIG"))
                .filter(name -> !name.isEmpty())
                .map(name -> Path.of(name).toAbsolutePath())
                .orElseGet(() -> settings.home().resolve("mayfly.yaml")));
    }

    Voice voice() {
        return voice;
    }

    /** Where the repository of this home is, made or not. */
    Path repositoryFolder() {
        return settings.config()
                .find(SettingKeys.ENV_REPOSITORY)
                .orElseGet(() -> settings.home().resolve("env").resolve("repository"));
    }

    /** @throws MayflyException {@code REPOSITORY_MISSING} when there is none yet */
    Repository repository() {
        return localRepository();
    }

    /** The same with what only a repository of this machine can do. */
    FsRepository localRepository() {
        if (repository.isEmpty()) {
            repository = Optional.of(FsRepository.open(repositoryFolder(), Namespaces.opening(namespace)));
        }
        return repository.get();
    }

    /** Of the tags of this home's repository. */
    Optional<String> namespace() {
        return namespace;
    }

    Clock clock() {
        return clock;
    }

    Library library() {
        return library(repository(), List.of(repository()));
    }

    /**
     * @param contents where objects and payloads are looked for
     * @param tags where names are looked for, in this order
     */
    Library library(Repository contents, List<Repository> tags) {
        return new Library(contents, new Resolver(tags, new SpecLoader()), user(), kept.views());
    }

    String user() {
        return settings.config()
                .find(SettingKeys.ENV_USER)
                .orElseGet(() -> System.getProperty("user.name", "unknown") + "@" + host());
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    Runtimes runtimes() {
        return Runtimes.at(settings.home(), EnterBinary.locate(), clock);
    }

    Shown shown() {
        return kept.shown();
    }

    Renders renders() {
        return new Renders(settings.home().resolve("env").resolve("renders"));
    }

    MountRegistry mounted() {
        return new MountRegistry(settings.home().resolve("env").resolve("mounted"));
    }

    /** A name that nobody has chosen. */
    RuntimeId newRuntime() {
        return new RuntimeId(ids.next());
    }

    /** The command line of this program that does something else for the same home and repository, without a user. */
    List<String> again(String verb, Path argument) {
        String script = Optional.ofNullable(System.getProperty("mayfly.script"))
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.INTERNAL,
                        "nobody serves the view",
                        "this program does not know the script that started it",
                        "start it through ./mayfly"));
        return List.of(script, "env", verb, "--home", settings.home().toString(), argument.toString());
    }

    /** Where commands see their environment. */
    Path target(HandedWords words) {
        return words.text("--at")
                .map(typed -> Path.of(typed).toAbsolutePath().normalize())
                .orElseGet(() -> settings.config().get(SettingKeys.ENV_AT));
    }

    Map<String, String> environment() {
        return environment;
    }

    EnvOutput output(HandedWords words) {
        return new EnvOutput(voice, words.on("--json"));
    }

    /** For content, which is no text. */
    OutputStream standardOutput() {
        return out;
    }

    InputStream standardInput() {
        return System.in;
    }

    MayflyException unreadable(String what, IOException e) {
        return new MayflyException(
                ErrorCode.INPUT_UNREADABLE,
                "cannot read or write " + what,
                String.valueOf(e.getMessage()),
                "check the name, its permissions, and the room on the disk",
                e);
    }

    @Override
    public void close() {
        repository.ifPresent(Repository::close);
    }
}
