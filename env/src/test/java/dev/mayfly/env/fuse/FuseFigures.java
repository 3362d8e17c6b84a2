package dev.mayfly.env.fuse;

import dev.mayfly.base.log.Log;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.view.View;
import dev.mayfly.env.view.ViewBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;

/**
 * Measures a view beside the same files in folders, in turns: {@code FOLDER ROUNDS cold|warm OUTPUT}. The folder must have
 * room for 2.5 GB; what an earlier run left there is used again. Cold rounds throw away all caches of the machine.
 */
final class FuseFigures {
    private static final int FOLDERS = 1000;
    private static final int FILES = 20;
    private static final int LARGE_MIB = 1024;

    private final Path folder;
    private final Path nativeTree;
    private final Path store;
    private final Map<Digest, Payload> payloads = new HashMap<>();
    private final ViewBuilder view = new ViewBuilder();

    private FuseFigures(Path folder) throws IOException {
        this.folder = folder;
        nativeTree = Files.createDirectories(folder.resolve("native"));
        store = Files.createDirectories(folder.resolve("store"));
    }

    public static void main(String[] args) throws Exception {
        FuseFigures figures = new FuseFigures(Path.of(args[0]));
        figures.make();
        boolean cold = args[2].equals("cold");
        Files.writeString(Path.of(args[3]), figures.measure(Integer.parseInt(args[1]), cold));
    }

    private void make() throws IOException {
        Random random = new Random(1);
        for (int i = 0; i < FOLDERS; i++) {
            ViewBuilder.Node at = view.root().directory(RawName.of("d" + i), FileMode.DIRECTORY | 0755);
            Path directory = Files.createDirectories(nativeTree.resolve("d" + i));
            for (int j = 0; j < FILES; j++) {
                byte[] content = new byte[1024 + random.nextInt(15 * 1024)];
                random.nextBytes(content);
                Digest digest = Digest.of(content);
                write(directory.resolve("f" + j), content);
                keep(digest, write(store.resolve(digest.toString().replace("=", "")), content), content.length);
                at.file(RawName.of("f" + j), FileMode.REGULAR | 0644, digest, content.length);
            }
        }
        large(random);
    }

    private static Path write(Path file, byte[] content) throws IOException {
        return Files.exists(file) ? file : Files.write(file, content);
    }

    private void large(Random random) throws IOException {
        byte[] piece = new byte[1 << 20];
        Path copy = store.resolve("large");
        Digest name = new Digest(1, 1, 1, 1);
        keep(name, copy, (long) LARGE_MIB << 20);
        view.root().file(RawName.of("large"), FileMode.REGULAR | 0644, name, (long) LARGE_MIB << 20);
        if (Files.exists(copy) && Files.size(copy) == (long) LARGE_MIB << 20) {
            return;
        }
        try (OutputStream one = Files.newOutputStream(nativeTree.resolve("large"));
                OutputStream two = Files.newOutputStream(copy)) {
            for (int i = 0; i < LARGE_MIB; i++) {
                random.nextBytes(piece);
                one.write(piece);
                two.write(piece);
            }
        }
    }

    private void keep(Digest digest, Path file, long size) {
        payloads.put(digest, new SomeFiles.OnDisk(file, size));
    }

    private String measure(int rounds, boolean cold) throws Exception {
        Path program = folder.resolve("measure");
        Path source = Path.of(System.getProperty("mayfly.repository"), "env/src/test/native/measure.c");
        new ProcessBuilder("cc", "-O2", "-o", program.toString(), source.toString())
                .inheritIO()
                .start()
                .waitFor();
        View made = view.build();
        Function<Digest, Optional<Payload>> find = digest -> Optional.ofNullable(payloads.get(digest));
        FuseOptions plain = FuseOptions.plain(folder.resolve("spool"));
        Map<String, List<double[]>> results = new HashMap<>();
        for (int i = 0; i < rounds; i++) {
            run(results, "native", program, nativeTree, cold);
            Path point = Files.createDirectories(folder.resolve("view"));
            for (boolean passthrough : new boolean[] {false, true}) {
                FuseOptions options = passthrough ? plain.passthrough(1 << 16) : plain;
                try (DirectMount mount = DirectMount.at(point, MountOptions.named("mayfly-figures"), 2);
                        FuseServer server = FuseServer.standBy(made, find, options, mount.devices(), Log.off())) {
                    server.serve(0);
                    run(results, passthrough ? "view, passthrough from 64 KiB" : "view", program, point, cold);
                }
            }
        }
        StringBuilder table = new StringBuilder();
        results.forEach((name, lines) -> {
            table.append(name);
            for (int column = 0; column < 5; column++) {
                int each = column;
                double[] sorted =
                        lines.stream().mapToDouble(line -> line[each]).sorted().toArray();
                table.append(String.format(
                        Locale.ROOT,
                        " | %.3f (%.3f–%.3f)",
                        sorted[sorted.length / 2],
                        sorted[0],
                        sorted[sorted.length - 1]));
            }
            table.append('\n');
        });
        return "walk s | stat µs | open+close µs | read µs/file | 1 GiB s: median (best–worst) of " + rounds + "\n"
                + table;
    }

    private static void run(Map<String, List<double[]>> results, String name, Path program, Path at, boolean cold)
            throws Exception {
        if (cold) {
            new ProcessBuilder("sync").start().waitFor();
            Files.writeString(Path.of("/proc/sys/vm/drop_caches"), "3");
        }
        Process process = new ProcessBuilder(program.toString(), cold ? "cold" : "warm", at.toString()).start();
        String line = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException("cannot measure " + at);
        }
        String[] words = line.strip().split(" ");
        double[] values = new double[words.length];
        for (int i = 0; i < words.length; i++) {
            values[i] = Double.parseDouble(words[i]);
        }
        results.computeIfAbsent(name, each -> new ArrayList<>()).add(values);
    }
}
