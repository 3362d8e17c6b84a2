package dev.mayfly.env.fuse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.view.View;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;

/** Looks at trees with a C program, because Java's own files have no names that are not text. */
record Look(Path program) {
    static Look build(Path dir) throws Exception {
        Path source = Path.of(System.getProperty("mayfly.repository"), "env/src/test/native/look.c");
        Path program = dir.resolve("look");
        Process cc = new ProcessBuilder(
                        Needs.command("cc").toString(), "-O1", "-Wall", "-o", program.toString(), source.toString())
                .redirectErrorStream(true)
                .start();
        String out = new String(cc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(cc.waitFor()).as(out).isZero();
        return new Look(program);
    }

    /** Sorted lines; fails when the program does. */
    List<String> at(String how, Path folder) throws Exception {
        Process process = new ProcessBuilder(program.toString(), how, folder.toString()).start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .sorted()
                .toList();
        assertThat(process.waitFor()).isZero();
        return lines;
    }

    /** What the program should say of this view. */
    static List<String> expected(View view, Function<Digest, Path> content) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int node = 1; node < view.count(); node++) {
            String path = "";
            for (int each = node; each != View.ROOT; each = view.parent(each)) {
                path = "2f" + HexFormat.of().formatHex(view.name(each).bytes()) + path;
            }
            String line = path + " " + Integer.toOctalString(view.mode(node)) + " " + view.size(node) + " " + (node + 1)
                    + " 1 ";
            if (view.isSymlink(node)) {
                line += HexFormat.of().formatHex(Files.readAllBytes(content.apply(view.object(node))));
            } else if (view.isRegular(node)) {
                line += String.format("%016x", hash(Files.readAllBytes(content.apply(view.object(node)))));
            }
            lines.add(line);
        }
        lines.sort(null);
        return lines;
    }

    /** FNV-1a, as the program has it. */
    private static long hash(byte[] bytes) {
        long hash = 1469598103934665603L;
        for (byte each : bytes) {
            hash = (hash ^ (each & 0xff)) * 1099511628211L;
        }
        return hash;
    }
}
