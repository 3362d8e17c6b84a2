package dev.mayfly.app;

import dev.mayfly.base.config.Config;
import dev.mayfly.base.config.ConfigSource;
import dev.mayfly.base.config.Setting;
import dev.mayfly.base.log.LineSink;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.program.Surroundings;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What this process was told about itself.
 *
 * @param home where state lives
 * @param distribution the laid-out program: policies, schemas, native parts; empty when started from class folders
 * @param slots how many jobs may run at once
 * @param role what this process is in its home
 * @param config everything else, by key
 */
public record Settings(Path home, Optional<Path> distribution, int slots, Role role, Config config) {
    /** What a process is in its home. */
    public enum Role {
        /** Answers one call and ends. */
        ONE_CALL,
        /** The service, of which there is only one. */
        SERVICE,
        /** Serves the queue; beside the service or others of its kind. */
        WORKER
    }

    private static final String FILE_FLAG = "config";
    private static final String FILE_VARIABLE = "MAYFLY_CONFIG";
    /** Variables that the launcher script and the client read before there is a configuration. */
    private static final Set<String> NO_SETTINGS = Set.of(
            "MAYFLY_HOME",
            FILE_VARIABLE,
            "MAYFLY_SERVICE",
            "MAYFLY_JAVA_OPTS",
            "MAYFLY_NO_BUILD",
            "MAYFLY_LAUNCHER",
            "MAYFLY_ENTER",
            // Set for what runs in an environment.
            "MAYFLY_RUNTIME",
            "MAYFLY_TRACE");

    /**
     * Applies the one rule of precedence.
     *
     * @throws dev.mayfly.base.config.ConfigException with every problem at once
     */
    public static Settings of(Surroundings surroundings, Role role) {
        Map<String, String> environment = new HashMap<>(surroundings.environment());
        environment.keySet().removeAll(NO_SETTINGS);
        Config config = Config.resolve(SettingKeys.ALL, flags(surroundings), environment, files(surroundings));
        int slots = config.find(SettingKeys.SLOTS)
                .orElse(role == Role.ONE_CALL ? 1 : Runtime.getRuntime().availableProcessors());
        return new Settings(
                surroundings.home(),
                Optional.ofNullable(System.getProperty("mayfly.dist")).map(Path::of),
                slots,
                role,
                config);
    }

    private static ConfigSource flags(Surroundings surroundings) {
        List<Setting> settings = new ArrayList<>();
        surroundings.flags().forEach((key, value) -> {
            if (!key.equals(FILE_FLAG)) {
                settings.add(Setting.of(key, value, "--" + key));
            }
        });
        return () -> settings;
    }

    /** Ours, and below it what SPFS has written down for itself. */
    private static ConfigSource files(Surroundings surroundings) {
        List<Setting> settings = new ArrayList<>(file(surroundings).settings());
        Set<String> ours = settings.stream().map(Setting::key).collect(Collectors.toSet());
        List<Path> spfs = new ArrayList<>(List.of(SpfsSettings.OF_MACHINE));
        Optional.ofNullable(surroundings.environment().get("HOME"))
                .filter(home -> !home.isEmpty())
                .ifPresent(home -> spfs.add(SpfsSettings.ofUser(home)));
        SpfsSettings.read(spfs).stream()
                .filter(each -> !ours.contains(each.key()))
                .forEach(settings::add);
        return () -> settings;
    }

    /** A file that was named must be there; the usual one may be missing. */
    private static ConfigSource file(Surroundings surroundings) {
        Optional<String> named = Optional.ofNullable(surroundings.flags().get(FILE_FLAG))
                .or(() -> Optional.ofNullable(surroundings.environment().get(FILE_VARIABLE)))
                .filter(name -> !name.isEmpty());
        if (named.isPresent()) {
            return YamlSettings.read(Path.of(named.get()));
        }
        Path usual = surroundings.home().resolve("mayfly.yaml");
        return Files.exists(usual) ? YamlSettings.read(usual) : ConfigSource.none();
    }

    /** To stderr, as configured; warnings about the configuration are its first entries. */
    public Log serviceLog() {
        Log log = Log.to(
                new LineSink(new FileOutputStream(FileDescriptor.err), config.get(SettingKeys.LOG_FORMAT)),
                config.get(SettingKeys.LOG_LEVEL),
                Clock.systemUTC());
        config.warnings().forEach(warning -> log.warn().log(warning.toString()));
        return log;
    }

    boolean longLived() {
        return role != Role.ONE_CALL;
    }

    /** The folder in which {@code policy_id} finds policies. */
    Path policies() {
        return config.find(SettingKeys.POLICIES)
                .or(() -> distribution.map(folder -> folder.resolve("policies")))
                .orElse(Path.of("policies"))
                .toAbsolutePath();
    }

    /** Must agree with {@code bin/mayfly} and with the client. */
    Path socket() {
        return home.resolve("run").resolve("mayfly.sock");
    }

    /** The process number of the service, for the launcher script, which can ask the kernel whether it still lives. */
    Path processFile() {
        return home.resolve("run").resolve("mayfly.pid");
    }
}
