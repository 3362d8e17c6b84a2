package dev.mayfly.bench.env;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A tree of files as toolchains and libraries have them: folders within folders, sizes from 512 bytes to 44 kB with as many
 * in each octave, 9.8 kB on average. All contents differ. The same numbers give the same tree.
 *
 * @param seed gives other contents to the same names
 */
public record SampleTree(int files, int folders, long seed) {
    private static final int FOLDERS_PER_FOLDER = 8;
    private static final double SMALLEST = 512;
    private static final double LARGEST = 44_000;
    private static final int FILES_PER_FOLDER = 17;

    /** With as many folders as a tree of 100,000 files with 6,000 folders. */
    public static SampleTree of(int files, long seed) {
        return new SampleTree(files, Math.max(1, files * 6 / 100), seed);
    }

    /** Where a folder is, from the root of the tree. */
    public String folder(int index) {
        return index == 0
                ? "."
                : (index <= FOLDERS_PER_FOLDER ? "" : folder((index - 1) / FOLDERS_PER_FOLDER) + "/") + "package-"
                        + index;
    }

    /** Files of each folder are neighbours, as an archive would unpack them. */
    public String file(int index) {
        return folder((int) ((long) index * folders / files)) + "/module-" + index + ".so";
    }

    public int size(int index) {
        double share = new SplittableRandom(index).nextDouble();
        return (int) (SMALLEST * Math.pow(LARGEST / SMALLEST, share));
    }

    /** All files, in the order of {@link #file}. */
    public List<String> all() {
        List<String> all = new ArrayList<>(files);
        for (int i = 0; i < files; i++) {
            all.add(file(i));
        }
        return all;
    }

    /** @return bytes of all contents */
    public long write(Path root) throws IOException {
        for (int i = 0; i < folders; i++) {
            Files.createDirectories(root.resolve(folder(i)));
        }
        long bytes = 0;
        for (int i = 0; i < files; i++) {
            byte[] content = content(i, size(i));
            Files.write(root.resolve(file(i)), content);
            bytes += content.length;
        }
        return bytes;
    }

    /** A layer above this tree: so many new files, ten in each of some of its folders. */
    public void writeLayer(Path root, int count, long layer) throws IOException {
        for (int i = 0; i < count; i++) {
            int at = (int) (i / 10 * 10L * folders / count);
            Path folder = Files.createDirectories(root.resolve(folder(at)));
            Files.write(folder.resolve("added-" + i + ".so"), content(i, 4096 + (int) layer % 64));
        }
    }

    private byte[] content(int index, int size) {
        byte[] content = new byte[size];
        new SplittableRandom(seed * 1_000_003 + index).nextBytes(content);
        return content;
    }

    /** Files of 4 kB, {@link #FILES_PER_FOLDER} to a folder: what is committed when many small files are new. */
    public static void writeSmall(Path root, int count, long seed) throws IOException {
        byte[] content = new byte[4096];
        for (int i = 0; i < count; i++) {
            if (i % FILES_PER_FOLDER == 0) {
                Files.createDirectories(root.resolve("d" + i / FILES_PER_FOLDER));
            }
            new SplittableRandom(seed * 1_000_003 + i).nextBytes(content);
            Files.write(root.resolve("d" + i / FILES_PER_FOLDER).resolve("f" + i), content);
        }
    }
}
