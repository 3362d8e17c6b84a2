package dev.mayfly.sandbox.wasm;

import dev.mayfly.sandbox.box.CollectedFile;
import dev.mayfly.sandbox.slot.OutputGlob;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Collects what a program left below /workspace and the request asked for. */
final class OutputFiles {
    private final List<OutputGlob> globs;
    private final long byteLimit;
    private final List<CollectedFile> collected = new ArrayList<>();
    private final List<String> dropped = new ArrayList<>();
    private final TreeMap<String, VfsNode> matches = new TreeMap<>();
    private long bytes;

    OutputFiles(List<String> globs, long byteLimit) {
        this.globs = globs.stream().map(OutputGlob::of).toList();
        this.byteLimit = byteLimit;
    }

    List<CollectedFile> collected() {
        return collected;
    }

    List<String> dropped() {
        return dropped;
    }

    void collect(VfsNode.Directory workspace) {
        if (globs.isEmpty()) {
            return;
        }
        match(workspace, new ArrayList<>());
        matches.forEach(this::take);
    }

    private void match(VfsNode.Directory directory, List<String> above) {
        directory.entries.forEach((name, node) -> {
            List<String> path = new ArrayList<>(above);
            path.add(name);
            String joined = String.join("/", path);
            if (globs.stream().anyMatch(glob -> glob.matches(joined))) {
                matches.put(joined, node);
            }
            // The path limit of a walk bounds how deep a program can build; this guards the recursion all the same.
            if (node instanceof VfsNode.Directory below && path.size() < 1000) {
                match(below, path);
            }
        });
    }

    private void take(String path, VfsNode node) {
        switch (node) {
            case VfsNode.Directory _ -> {}
            case VfsNode.Link _ -> dropped.add(path + ": not a regular file");
            case VfsNode.File file -> {
                if (file.size() > byteLimit - bytes) {
                    dropped.add(path + ": " + file.size() + " bytes do not fit the limit of " + byteLimit
                            + " bytes for all outputs");
                    return;
                }
                byte[] content = new byte[(int) file.size()];
                file.read(0, content, 0, content.length);
                bytes += content.length;
                collected.add(new CollectedFile(path, content));
            }
        }
    }
}
