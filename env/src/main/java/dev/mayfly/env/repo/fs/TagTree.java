package dev.mayfly.env.repo.fs;

import dev.mayfly.env.object.TagName;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/** The files of all streams of one namespace, below one folder. */
record TagTree(Path root) {
    /** @param namespace of one or more parts with slashes between; SPFS marks the folder of each */
    static TagTree of(Layout layout, Optional<String> namespace) {
        Path root = layout.tags();
        for (String part : namespace.map(name -> name.split("/", -1)).orElse(new String[0])) {
            root = root.resolve(part + Layout.NAMESPACE);
        }
        return new TagTree(root);
    }

    /** Names of all namespaces, also of those within others. */
    static List<String> namespaces(Layout layout) throws IOException {
        List<String> found = new ArrayList<>();
        namespaces(layout.tags(), "", found);
        return found;
    }

    private static void namespaces(Path folder, String prefix, List<String> found) throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(folder, "*" + Layout.NAMESPACE)) {
            for (Path each : folders) {
                String part = String.valueOf(each.getFileName());
                String name = prefix + part.substring(0, part.length() - Layout.NAMESPACE.length());
                found.add(name);
                namespaces(each, name + "/", found);
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            // Removed meanwhile, or there is none.
        }
    }

    Path file(TagName name) {
        return root.resolve(name + Layout.TAG);
    }

    NavigableSet<TagName> names(String prefix) throws IOException {
        NavigableSet<TagName> names = new TreeSet<>();
        int slash = prefix.lastIndexOf('/');
        walk(slash < 0 ? root : root.resolve(prefix.substring(0, slash)).normalize(), names);
        names.removeIf(name -> !name.toString().startsWith(prefix));
        return names;
    }

    private void walk(Path folder, NavigableSet<TagName> names) throws IOException {
        if (!folder.startsWith(root)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path each : files) {
                String name = String.valueOf(each.getFileName());
                if (Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
                    if (!name.endsWith(Layout.NAMESPACE)) {
                        walk(each, names);
                    }
                } else if (name.endsWith(Layout.TAG)) {
                    String path = root.relativize(each).toString();
                    parse(path.substring(0, path.length() - Layout.TAG.length()))
                            .ifPresent(names::add);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            // Removed meanwhile.
        }
    }

    /** Files that somebody put there under other names are no streams. */
    private static Optional<TagName> parse(String text) {
        try {
            return Optional.of(TagName.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
