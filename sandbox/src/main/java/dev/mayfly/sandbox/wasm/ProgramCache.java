package dev.mayfly.sandbox.wasm;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Programs ready to run, by the digest of their bytes. A program keeps nothing of a run, so sharing it between jobs
 * shows one nothing of another but the time its first run took.
 */
final class ProgramCache {
    private record Entry(WasmEngine.Program program, int bytes) {}

    private final WasmEngine engine;
    private final long byteLimit;
    private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /** @param byteLimit sum of the modules' sizes; their parsed form takes a hundred times as much */
    ProgramCache(WasmEngine engine, long byteLimit) {
        this.engine = engine;
        this.byteLimit = byteLimit;
    }

    WasmEngine.Program load(byte[] module) {
        String digest = digest(module);
        synchronized (entries) {
            Entry known = entries.get(digest);
            if (known != null) {
                return known.program();
            }
        }
        WasmEngine.Program program = engine.load(module);
        keep(digest, new Entry(program, module.length));
        return program;
    }

    private void keep(String digest, Entry entry) {
        if (entry.bytes() > byteLimit) {
            return;
        }
        synchronized (entries) {
            if (entries.putIfAbsent(digest, entry) == null) {
                bytes += entry.bytes();
            }
            Iterator<Entry> oldest = entries.values().iterator();
            while (bytes > byteLimit && oldest.hasNext()) {
                bytes -= oldest.next().bytes();
                oldest.remove();
            }
        }
    }

    private static String digest(byte[] module) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(module));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
