package dev.mayfly.bench;

import dev.mayfly.base.program.Voice;
import dev.mayfly.bench.env.Farm;
import dev.mayfly.bench.env.SampleTree;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.view.View;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What all parts of {@code bench env} share: the tree, committed as one layer, in a home of its own, and what was found out so
 * far. Used by one thread.
 */
final class EnvStage implements AutoCloseable {
    final EnvOptions options;
    final Voice voice;
    final Map<String, String> environment;
    final Path folder;
    final Path home;
    final SampleTree tree;
    final Farm farm;
    final Digest layer;
    final long bytes;
    final List<Timed> times = new ArrayList<>();
    final List<Reading> readings = new ArrayList<>();
    final List<CallTimes> calls = new ArrayList<>();
    final List<NotRun> notRun = new ArrayList<>();
    private int layers;

    private EnvStage(
            EnvOptions options,
            Voice voice,
            Map<String, String> environment,
            Path folder,
            SampleTree tree,
            Farm farm,
            Digest layer,
            long bytes) {
        this.options = options;
        this.voice = voice;
        this.environment = environment;
        this.folder = folder;
        this.home = folder.resolve("home");
        this.tree = tree;
        this.farm = farm;
        this.layer = layer;
        this.bytes = bytes;
    }

    /** Makes the tree and commits it. */
    static EnvStage set(EnvOptions options, Voice voice, Map<String, String> environment, Path folder)
            throws IOException {
        SampleTree tree = SampleTree.of(options.files(), 1);
        Path source = folder.resolve("source");
        voice.progress("making " + tree.files() + " files");
        long bytes = tree.write(source);
        Farm farm = Farm.at(folder.resolve("home").resolve("env"));
        long start = System.nanoTime();
        Digest layer = farm.commit(source);
        double seconds = (System.nanoTime() - start) / 1e9;
        Trees.remove(source);
        EnvStage stage = new EnvStage(options, voice, environment, folder, tree, farm, layer, bytes);
        stage.readings.add(Reading.once(
                "mayfly_commit_tree",
                "commit of the whole tree, durable, files just written",
                "files/s",
                tree.files() / seconds));
        return stage;
    }

    String facts() throws IOException {
        FileStore store = Files.getFileStore(folder);
        return String.format(
                java.util.Locale.ROOT,
                "%d files in %d folders, %.2f GB, on %s",
                tree.files(),
                tree.folders(),
                bytes / 1e9,
                store.type());
    }

    View view() {
        return farm.view(List.of(layer));
    }

    /** A layer of this many files above the tree that was not there before. */
    Digest another(int files) throws IOException {
        Path source = folder.resolve("added");
        layers++;
        tree.writeLayer(source, files, layers);
        Digest added = farm.commit(source);
        Trees.remove(source);
        return added;
    }

    @Override
    public void close() {
        farm.close();
    }
}
