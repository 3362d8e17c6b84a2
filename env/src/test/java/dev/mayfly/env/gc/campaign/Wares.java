package dev.mayfly.env.gc.campaign;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Entry;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.Layer;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.object.Tree;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.fs.FsRepository;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Contents that numbers stand for, so that each process can make those of another again. Layer {@code n} of the beginning has
 * the files {@code n * FILES} and on; each fourth is tagged, the others are garbage.
 */
final class Wares {
    static final int FILES = 250;
    static final int TAGGED = 4;
    static final String USER = "campaign@test";

    private Wares() {}

    static byte[] content(long number) {
        return ("content " + number + " ").repeat(5).getBytes(StandardCharsets.UTF_8);
    }

    /** What a layer of the beginning adds: its files, its manifest and itself. */
    static int layersFor(long objects) {
        return Math.toIntExact(objects / (FILES + 2));
    }

    static TagName tag(int layer) {
        return TagName.parse("first/" + layer);
    }

    /** @return all layers, by number */
    static List<Digest> fill(FsRepository repository, int layers) throws IOException {
        List<Digest> made = new ArrayList<>();
        for (int from = 0; from < layers; from += 500) {
            int begun = made.size();
            try (Ingest ingest = repository.ingest()) {
                for (int layer = from; layer < Math.min(layers, from + 500); layer++) {
                    long first = (long) layer * FILES;
                    made.add(layer(
                            ingest,
                            Wares::plain,
                            LongStream.range(first, first + FILES).toArray()));
                }
                ingest.publish();
                for (int layer = begun; layer < made.size(); layer++) {
                    if (layer % TAGGED == 0) {
                        repository.tags().push(tag(layer), made.get(layer), USER);
                    }
                }
            }
        }
        return made;
    }

    /** Something that does not sync. */
    interface Call<T> {
        T run() throws IOException;
    }

    /** Makes calls, one after the other. */
    interface Caller {
        <T> T make(Call<T> call) throws IOException;
    }

    private static <T> T plain(Call<T> call) throws IOException {
        return call.run();
    }

    static Digest layer(Ingest ingest, Caller caller, long... numbers) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (long each : LongStream.of(numbers).distinct().toArray()) {
            Ingest.Written written = caller.make(() -> ingest.payload(new ByteArrayInputStream(content(each))));
            entries.add(Entry.blob(RawName.of("f" + each), FileMode.REGULAR | 0644, written.digest(), written.size()));
        }
        Digest manifest = caller.make(() -> ingest.object(Manifest.of(List.of(Tree.of(entries)))));
        return caller.make(() -> ingest.object(Layer.of(manifest)));
    }
}
