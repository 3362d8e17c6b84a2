package dev.mayfly.env.pack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.env.contract.MemoryFolder;
import dev.mayfly.env.object.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code -Dmayfly.packs.seeds=500} tries more. */
class PackFolderTest {
    private static final int CONTENTS = 300;

    @TempDir(factory = MemoryFolder.class)
    Path folder;

    private PackFolder open() {
        return new PackFolder(() -> List.of(folder), new PackIndexes());
    }

    private static byte[] content(int number) {
        return ("content " + number).getBytes(StandardCharsets.UTF_8);
    }

    private static Digest digest(int number) {
        return Digest.of(content(number));
    }

    private static String id(int number) {
        return String.format(Locale.ROOT, "%06d", number);
    }

    private void write(String id, List<Integer> contents) throws IOException {
        Path unfinished = folder.resolve(".new-" + id);
        ByteBuffer index;
        try (PackWriter writer = PackWriter.create(unfinished)) {
            for (int each : contents) {
                writer.channel().write(ByteBuffer.wrap(content(each)), writer.next(Kind.PAYLOAD));
                writer.keep(Kind.PAYLOAD, digest(each), content(each).length, 0);
            }
            index = writer.finish();
        }
        Path half = folder.resolve(".new-" + id + Pack.INDEX);
        Files.write(half, index.array());
        Files.move(unfinished, folder.resolve(id + Pack.DATA));
        Files.move(half, folder.resolve(id + Pack.INDEX));
    }

    private void remove(String id) throws IOException {
        Files.delete(folder.resolve(id + Pack.INDEX));
        Files.delete(folder.resolve(id + Pack.DATA));
    }

    private static String found(PackFolder packs, int content) throws IOException {
        return packs.find(Kind.PAYLOAD, digest(content))
                .map(at -> at.pack().id())
                .orElse("none");
    }

    @Test
    void whatever_comes_and_goes_a_content_is_found_in_the_newest_pack_that_has_it() throws IOException {
        long seeds = Long.getLong("mayfly.packs.seeds", 6);
        for (long seed = 0; seed < seeds; seed++) {
            Random random = new Random(seed);
            TreeMap<String, List<Integer>> there = new TreeMap<>();
            PackFolder old = open();
            for (int step = 0; step < 150; step++) {
                if (random.nextInt(4) > 0 || there.isEmpty()) {
                    List<Integer> contents = new ArrayList<>();
                    // Also one that is searched by itself.
                    int count = random.nextInt(60) == 0 ? 5000 : 1 + random.nextInt(12);
                    random.ints(0, count > 12 ? 10_000 : CONTENTS)
                            .distinct()
                            .limit(count)
                            .forEach(contents::add);
                    write(id(step), contents);
                    there.put(id(step), contents);
                } else {
                    String gone = List.copyOf(there.keySet()).get(random.nextInt(there.size()));
                    remove(gone);
                    there.remove(gone);
                }
                if (random.nextInt(20) == 0) {
                    open().catalogue();
                }
                Map<Integer, String> expected = new HashMap<>();
                there.forEach((id, contents) -> contents.forEach(each -> expected.put(each, id)));
                old.refresh();
                PackFolder anew = open();
                for (int look = 0; look < 20; look++) {
                    int content = random.nextInt(CONTENTS);
                    String wanted = expected.getOrDefault(content, "none");
                    assertThat(found(old, content))
                            .as("seed %d, step %d", seed, step)
                            .isEqualTo(wanted);
                    assertThat(found(anew, content))
                            .as("seed %d, step %d, anew", seed, step)
                            .isEqualTo(wanted);
                }
            }
            for (String each : there.keySet()) {
                remove(each);
            }
            Files.deleteIfExists(folder.resolve(Catalog.NAME));
        }
    }

    private void writeMany() throws IOException {
        for (int i = 0; i < 60; i++) {
            write(id(i), List.of(3 * i, 3 * i + 1, 3 * i + 2));
        }
        open().catalogue();
        assertThat(folder.resolve(Catalog.NAME)).exists();
    }

    @Test
    void with_a_catalog_no_index_is_read_but_the_one_that_has_the_content() throws IOException {
        writeMany();
        for (int i = 0; i < 60; i++) {
            if (i != 17) {
                Files.write(folder.resolve(id(i) + Pack.INDEX), new byte[100]);
            }
        }
        PackFolder packs = open();
        assertThat(found(packs, 3 * 17)).isEqualTo(id(17));
        assertThat(found(packs, 1000)).isEqualTo("none");
        // Whoever reads those is told so.
        assertThat(packs.damaged()).hasSize(59);
        assertThat(found(packs, 0)).isEqualTo("none");
    }

    @Test
    void a_catalog_that_was_torn_or_changed_anywhere_hides_nothing() throws IOException {
        writeMany();
        byte[] whole = Files.readAllBytes(folder.resolve(Catalog.NAME));
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            byte[] bytes = i % 2 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            if (i % 2 == 1) {
                // The last four bytes of the header are for later.
                int at = random.nextInt(whole.length - 4);
                bytes[at < 28 ? at : at + 4] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(folder.resolve(Catalog.NAME), bytes);
            assertThat(Catalog.read(folder)).as("damage %d", i).isEmpty();
            PackFolder packs = open();
            for (int look = 0; look < 5; look++) {
                int content = random.nextInt(180);
                assertThat(found(packs, content)).isEqualTo(id(content / 3));
            }
        }
        open().catalogue();
        assertThat(Catalog.read(folder)).as("written again").isPresent();
    }

    @Test
    void who_looks_while_packs_become_one_and_catalogs_are_replaced_misses_nothing() throws Exception {
        writeMany();
        AtomicBoolean over = new AtomicBoolean();
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            boolean anew = i == 0;
            Random random = new Random(i);
            readers.add(Thread.ofPlatform().start(() -> {
                PackFolder packs = open();
                try {
                    while (!over.get()) {
                        packs = anew ? open() : packs;
                        int content = random.nextInt(180);
                        // A listing of a folder that changes may miss what came and what went, so whoever must know
                        // looks again.
                        String found = "none";
                        for (int look = 0; look < 4 && found.equals("none"); look++) {
                            found = found(packs, content);
                        }
                        assertThat(found).isNotEqualTo("none");
                    }
                } catch (Throwable e) {
                    failures.add(e);
                }
            }));
        }
        // Each time twenty become one, which then is divided again.
        for (int round = 1; round <= 15; round++) {
            for (int from = 0; from < 60; from += 20) {
                List<Integer> all = new ArrayList<>();
                for (int i = 3 * from; i < 3 * (from + 20); i++) {
                    all.add(i);
                }
                write(id(1000 * round + from), all);
                for (int i = from; i < from + 20; i++) {
                    remove(round == 1 ? id(i) : id(1000 * (round - 1) + 500 + i));
                }
            }
            open().catalogue();
            for (int i = 0; i < 60; i++) {
                write(id(1000 * round + 500 + i), List.of(3 * i, 3 * i + 1, 3 * i + 2));
            }
            for (int from = 0; from < 60; from += 20) {
                remove(id(1000 * round + from));
            }
            open().catalogue();
        }
        over.set(true);
        for (Thread each : readers) {
            each.join();
        }
        assertThat(failures).isEmpty();
    }
}
