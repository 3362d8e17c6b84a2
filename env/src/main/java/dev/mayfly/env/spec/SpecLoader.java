package dev.mayfly.env.spec;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.text.Spelling;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the files that a spec names. A file of the API {@code spfs/v0/runspec} is a list of items, which may be files again;
 * one of {@code spfs/v0/livelayer} asks for mounts. Each file may be named once, so there is no way round in circles.
 */
public final class SpecLoader {
    private static final String SUFFIX = ".spfs.yaml";
    private static final String IN_FOLDER = "layer.spfs.yaml";
    private static final int MOST_BYTES = 256 << 10;
    private static final int MOST_FILES = 100;

    private static final String RUN_SPEC = "spfs/v0/runspec";
    private static final String LIVE_LAYER = "spfs/v0/livelayer";
    private static final Set<String> LIVE_LAYERS = Set.of(LIVE_LAYER, "v0/livelayer", "v0/layer");

    private static final String ROOT = "/spfs/";

    /** @throws MayflyException {@code ENV_SPEC_INVALID} with file and line */
    public LoadedSpec load(EnvSpec spec) {
        Load load = new Load();
        for (SpecItem item : spec.items()) {
            load.add(item, "the spec " + spec);
        }
        return new LoadedSpec(load.references, load.live);
    }

    /** One spec being read. */
    private static final class Load {
        private final List<SpecItem.Reference> references = new ArrayList<>();
        private final List<LiveLayer> live = new ArrayList<>();
        private final Set<Path> seen = new HashSet<>();

        void add(SpecItem item, String namedBy) {
            switch (item) {
                case SpecItem.Reference reference -> references.add(reference);
                case SpecItem.FileRef file -> file(file.file(), namedBy);
            }
            if (references.size() > EnvSpec.MOST_ITEMS) {
                throw invalid(namedBy, "it has more than " + EnvSpec.MOST_ITEMS + " items with those of its files");
            }
        }

        private void file(Path named, String namedBy) {
            Path file = Files.isDirectory(named) ? named.resolve(IN_FOLDER) : named;
            if (!file.toString().endsWith(SUFFIX)) {
                throw invalid(file.toString(), "named by " + namedBy + ": its name does not end with " + SUFFIX);
            }
            try {
                if (!seen.add(file.toRealPath())) {
                    throw invalid(
                            file.toString(), "named by " + namedBy + ": it was named before, and counts once only");
                }
                if (seen.size() > MOST_FILES) {
                    throw invalid(file.toString(), "it is the last of more than " + MOST_FILES + " spec files");
                }
                parse(file, read(file));
            } catch (IOException e) {
                throw unreadable(file, namedBy, e);
            }
        }

        private void parse(Path file, String text) {
            try {
                if (!(SpecYaml.read(text, MOST_BYTES) instanceof SpecYaml.Mapping top)) {
                    throw new SpecYaml.BadYamlException(1, "it is no mapping with the key api");
                }
                String api = text(top, "api");
                if (api.equals(RUN_SPEC)) {
                    for (SpecYaml.Node node : list(top, "layers")) {
                        item(file, node);
                    }
                } else if (LIVE_LAYERS.contains(api)) {
                    live.add(liveLayer(file, top));
                } else {
                    String meant = Spelling.nearest(api, List.of(RUN_SPEC, LIVE_LAYER))
                            .map(word -> "; did you mean " + word + "?")
                            .orElse("; there are " + RUN_SPEC + " and " + LIVE_LAYER);
                    throw new SpecYaml.BadYamlException(top.line(), "unknown api " + api + meant);
                }
            } catch (SpecYaml.BadYamlException e) {
                throw invalid(at(file, e.line()), e.why());
            }
        }

        private void item(Path file, SpecYaml.Node node) throws SpecYaml.BadYamlException {
            if (!(node instanceof SpecYaml.Scalar scalar)) {
                throw new SpecYaml.BadYamlException(node.line(), "a layer is no text");
            }
            try {
                add(SpecItem.parse(scalar.text()), at(file, node.line()));
            } catch (SpecItem.BadItemException e) {
                throw new SpecYaml.BadYamlException(node.line(), "'" + scalar.text() + "' " + e.why());
            }
        }

        private static LiveLayer liveLayer(Path file, SpecYaml.Mapping top) throws SpecYaml.BadYamlException {
            List<BindMount> mounts = new ArrayList<>();
            for (SpecYaml.Node node : list(top, "contents")) {
                if (!(node instanceof SpecYaml.Mapping mount)) {
                    throw new SpecYaml.BadYamlException(node.line(), "a content is no mapping with src and dest");
                }
                String source = text(mount, mount.find("bind").isPresent() ? "bind" : "src");
                mounts.add(new BindMount(
                        source(file, source, node.line()), destination(text(mount, "dest"), node.line())));
            }
            return new LiveLayer(file, mounts);
        }

        /** Links are followed before it is compared, so that none leads out of the folder. */
        private static Path source(Path file, String text, int line) throws SpecYaml.BadYamlException {
            try {
                Path folder = file.toAbsolutePath().resolveSibling(".").toRealPath();
                Path source = folder.resolve(text).toRealPath();
                if (!source.startsWith(folder)) {
                    throw new SpecYaml.BadYamlException(
                            line, text + " leads to " + source + ", out of the folder of the file, " + folder);
                }
                return source;
            } catch (InvalidPathException | IOException e) {
                throw new SpecYaml.BadYamlException(line, text + " is not there: " + e.getMessage());
            }
        }

        private static String destination(String text, int line) throws SpecYaml.BadYamlException {
            String path = text.startsWith(ROOT) ? text.substring(ROOT.length()) : text;
            List<String> parts = new ArrayList<>();
            for (String part : path.split("/", -1)) {
                if (!part.isEmpty() && !part.equals(".")) {
                    parts.add(part);
                }
            }
            if (path.startsWith("/") || parts.isEmpty() || parts.contains("..") || text.indexOf('\0') >= 0) {
                throw new SpecYaml.BadYamlException(line, "dest " + text + " is not a place below " + ROOT);
            }
            return String.join("/", parts);
        }
    }

    private static List<SpecYaml.Node> list(SpecYaml.Mapping top, String key) throws SpecYaml.BadYamlException {
        if (!top.values().containsKey(key)) {
            throw new SpecYaml.BadYamlException(top.line(), "the key " + key + " is missing");
        }
        SpecYaml.Node value = top.find(key).orElse(new SpecYaml.Sequence(List.of(), top.line()));
        if (value instanceof SpecYaml.Sequence sequence) {
            return sequence.items();
        }
        throw new SpecYaml.BadYamlException(value.line(), key + " is no list");
    }

    private static String text(SpecYaml.Mapping mapping, String key) throws SpecYaml.BadYamlException {
        SpecYaml.Node value = mapping.find(key)
                .orElseThrow(() -> new SpecYaml.BadYamlException(mapping.line(), "the key " + key + " is missing"));
        if (value instanceof SpecYaml.Scalar scalar) {
            return scalar.text();
        }
        throw new SpecYaml.BadYamlException(value.line(), key + " is no text");
    }

    private static String read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw invalid(file.toString(), "it has more than " + MOST_BYTES + " bytes");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw invalid(file.toString(), "it is not UTF-8");
        }
    }

    private static String at(Path file, int line) {
        return line == 0 ? file.toString() : file + ":" + line;
    }

    private static MayflyException invalid(String place, String why) {
        return new MayflyException(
                ErrorCode.ENV_SPEC_INVALID,
                "An environment cannot be read at " + place,
                why,
                "Correct the file; env/FORMAT.md shows what stands in one.");
    }

    private static MayflyException unreadable(Path file, String namedBy, IOException cause) {
        return new MayflyException(
                ErrorCode.ENV_SPEC_INVALID,
                "The spec file " + file + " cannot be read, which is named by " + namedBy,
                cause.getClass().getSimpleName() + ": " + cause.getMessage(),
                "Name a file that is there and may be read.",
                cause);
    }
}
