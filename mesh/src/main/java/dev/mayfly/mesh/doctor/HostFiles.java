package dev.mayfly.mesh.doctor;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Files of the kernel below a root. Whatever cannot be read is not there: the kernel answers some with an error that means
 * "nothing in this place".
 *
 * @param root {@code /} but in tests
 */
public record HostFiles(Path root) {
    Path at(String path) {
        return root.resolve(path);
    }

    boolean has(String path) {
        return Files.exists(at(path));
    }

    Optional<String> text(String path) {
        try {
            return Optional.of(Files.readString(at(path)).strip()).filter(text -> !text.isEmpty());
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    List<String> lines(String path) {
        return text(path).map(text -> text.lines().toList()).orElse(List.of());
    }

    /** Names in a folder, in order; numbers by their size. */
    List<String> names(String folder) {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(at(folder))) {
            entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
        } catch (IOException _) {
            return List.of();
        }
        names.sort((a, b) -> a.length() != b.length() && isNumber(a) && isNumber(b)
                ? Integer.compare(a.length(), b.length())
                : a.compareTo(b));
        return names;
    }

    private static boolean isNumber(String name) {
        return name.chars().allMatch(Character::isDigit);
    }
}
