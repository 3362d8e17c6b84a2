package dev.mayfly.arch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documents of the house lead somewhere: links, anchors, names of tests. */
class DocumentsTest {
    private static final Path REPOSITORY = Path.of(System.getProperty("mayfly.repository"));
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+)$");
    private static final Pattern CODE_BLOCK = Pattern.compile("(?ms)^```.*?^```");
    private static final Pattern TEST_NAME = Pattern.compile("`([A-Z]\\w*[a-z]\\w*(?:Test|IT))`");

    private static List<Path> documents() throws IOException {
        try (Stream<Path> top = Files.list(REPOSITORY)) {
            List<Path> found = new ArrayList<>();
            for (Path entry : top.toList()) {
                found.addAll(Files.isDirectory(entry) ? below(entry) : List.of(entry));
            }
            return found.stream()
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    private static List<Path> below(Path folder) throws IOException {
        String name = folder.getFileName().toString();
        if (name.startsWith(".") || name.equals("target")) {
            return List.of();
        }
        try (Stream<Path> files = Files.find(
                folder,
                12,
                (file, attributes) ->
                        attributes.isRegularFile() && !file.toString().contains("/target/"))) {
            return files.toList();
        }
    }

    @Test
    void every_relative_link_leads_to_a_file_and_to_a_heading_in_it() throws IOException {
        List<String> broken = new ArrayList<>();
        int seen = 0;
        for (Path document : documents()) {
            String prose = CODE_BLOCK.matcher(Files.readString(document)).replaceAll("");
            for (MatchResult link : LINK.matcher(prose).results().toList()) {
                String target = link.group(1);
                if (!target.contains(":")) {
                    seen++;
                    if (!leadsSomewhere(document, target)) {
                        broken.add(REPOSITORY.relativize(document) + " -> " + target);
                    }
                }
            }
        }
        assertThat(seen).isGreaterThan(30);
        assertThat(broken).isEmpty();
    }

    private static boolean leadsSomewhere(Path document, String target) throws IOException {
        int hash = target.indexOf('#');
        String path = hash < 0 ? target : target.substring(0, hash);
        Path file = path.isEmpty() ? document : document.resolveSibling(path).normalize();
        if (!Files.exists(file)) {
            return false;
        }
        return hash < 0 || anchors(file).contains(target.substring(hash + 1));
    }

    /** As forges make them: lower case, spaces to hyphens, everything but letters, digits, hyphens and _ dropped. */
    private static Set<String> anchors(Path file) throws IOException {
        String prose = CODE_BLOCK.matcher(Files.readString(file)).replaceAll("");
        return HEADING.matcher(prose)
                .results()
                .map(heading -> heading.group(1)
                        .strip()
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    @Test
    void every_test_that_a_document_names_is_there() throws IOException {
        Set<String> missing = new TreeSet<>();
        int seen = 0;
        Set<String> sources = sources();
        for (Path document : documents()) {
            for (MatchResult name :
                    TEST_NAME.matcher(Files.readString(document)).results().toList()) {
                seen++;
                if (!sources.contains(name.group(1) + ".java")) {
                    missing.add(REPOSITORY.relativize(document) + ": " + name.group(1));
                }
            }
        }
        assertThat(seen).isGreaterThan(30);
        assertThat(missing).isEmpty();
    }

    private static Set<String> sources() throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> rooms = Files.list(REPOSITORY)) {
            for (Path room : rooms.filter(Files::isDirectory).toList()) {
                below(room).forEach(file -> names.add(file.getFileName().toString()));
            }
        }
        return names;
    }
}
