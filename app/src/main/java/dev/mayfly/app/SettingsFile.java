package dev.mayfly.app;

import dev.mayfly.base.config.Config;
import dev.mayfly.base.config.ConfigSource;
import dev.mayfly.base.config.Key;
import dev.mayfly.base.config.Setting;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.fs.DurableFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The configuration file, of which one value at a time is changed. Its other lines stay as people wrote them, with comments.
 * What comes out is read again and compared before it takes the place of the old file.
 */
public record SettingsFile(Path path) {
    /** A key with its value on one line, in block style. */
    private static final Pattern LINE = Pattern.compile("(\\s*[A-Za-z0-9_.-]+\\s*:)(?:\\s.*)?");

    /**
     * @param value empty to take the setting out
     * @throws dev.mayfly.base.config.ConfigException when the key cannot have this value
     * @throws MayflyException {@code CONFIGURATION_INVALID} when the file is written in a way that this does not change
     */
    public void set(Key<?> key, Optional<String> value) {
        try {
            String before = Files.exists(path) ? Files.readString(path) : "";
            List<Setting> settings = YamlSettings.parse(path, before).settings();
            List<Setting> wanted = new ArrayList<>(settings.stream()
                    .filter(each -> !each.key().equals(key.name()))
                    .toList());
            value.ifPresent(text -> wanted.add(Setting.of(key.name(), text, path.toString())));
            Config checked = Config.resolve(SettingKeys.ALL, ConfigSource.none(), Map.of(), () -> wanted);
            Optional<Setting> old = settings.stream()
                    .filter(each -> each.key().equals(key.name()))
                    .findFirst();
            if (old.isEmpty() && value.isEmpty()) {
                return;
            }
            String after = changed(before, key, value, old);
            if (!same(YamlSettings.parse(path, after).settings(), wanted)) {
                throw byHand(key, "changing that line would change more, so nothing is changed");
            }
            write(after, key.secret() && checked.find(key).isPresent());
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.STATE_UNAVAILABLE,
                    path + " cannot be written",
                    String.valueOf(e),
                    "give yourself permission, or set " + key.variable() + " instead",
                    e);
        }
    }

    private String changed(String before, Key<?> key, Optional<String> value, Optional<Setting> old) {
        if (old.isEmpty()) {
            String gap = before.isEmpty() || before.endsWith("\n") ? "" : "\n";
            return before + gap + key.name() + ": " + quoted(key, value.orElseThrow()) + "\n";
        }
        List<String> lines = new ArrayList<>(List.of(before.split("\n", -1)));
        String origin = old.get().origin();
        int at = Integer.parseInt(origin.substring(origin.lastIndexOf(':') + 1)) - 1;
        Matcher line = LINE.matcher(lines.get(at));
        if (!line.matches()) {
            throw byHand(key, "the value at " + origin + " is not on one line with its key");
        }
        if (value.isPresent()) {
            lines.set(at, line.group(1) + " " + quoted(key, value.get()));
        } else {
            lines.remove(at);
        }
        return String.join("\n", lines);
    }

    private String quoted(Key<?> key, String value) {
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw byHand(key, "its value has a line end or a control character");
        }
        return "'" + value.replace("'", "''") + "'";
    }

    private static boolean same(List<Setting> read, List<Setting> wanted) {
        return read.size() == wanted.size()
                && wanted.stream()
                        .allMatch(one -> read.stream()
                                .anyMatch(other -> other.key().equals(one.key())
                                        && other.values().equals(one.values())));
    }

    /** Readable for whom it was before; a new one for all, unless it has a secret. */
    private void write(String text, boolean secret) throws IOException {
        Path folder = Optional.ofNullable(path.toAbsolutePath().getParent()).orElseThrow();
        Files.createDirectories(folder);
        Set<PosixFilePermission> permissions =
                Files.exists(path) ? Files.getPosixFilePermissions(path) : PosixFilePermissions.fromString("rw-r--r--");
        Path made = Files.createTempFile(folder, ".mayfly-settings-", ""); // for its owner only
        try {
            try (FileChannel channel = FileChannel.open(made, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
                channel.force(true);
            }
            if (!secret) {
                Files.setPosixFilePermissions(made, permissions);
            }
            Files.move(made, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(made);
        }
        DurableFile.syncDirectory(folder);
    }

    private MayflyException byHand(Key<?> key, String why) {
        return new MayflyException(
                ErrorCode.CONFIGURATION_INVALID,
                key.name() + " is not changed in " + path,
                why,
                "change it by hand, with an editor");
    }
}
