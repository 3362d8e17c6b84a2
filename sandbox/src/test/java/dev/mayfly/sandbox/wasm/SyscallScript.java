package dev.mayfly.sandbox.wasm;

import dev.mayfly.sandbox.box.Execution;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A program that makes system calls one after another with constant arguments and prints their error numbers and parts
 * of its memory. What a test needs to try an interface from inside, without a C library in between.
 */
final class SyscallScript {
    private static final Map<String, String> SIGNATURES = Map.ofEntries(
            Map.entry("args_sizes_get", "ii"),
            Map.entry("clock_time_get", "iIi"),
            Map.entry("fd_allocate", "iII"),
            Map.entry("fd_close", "i"),
            Map.entry("fd_fdstat_get", "ii"),
            Map.entry("fd_filestat_get", "ii"),
            Map.entry("fd_filestat_set_size", "iI"),
            Map.entry("fd_pread", "iiiIi"),
            Map.entry("fd_prestat_dir_name", "iii"),
            Map.entry("fd_prestat_get", "ii"),
            Map.entry("fd_pwrite", "iiiIi"),
            Map.entry("fd_read", "iiii"),
            Map.entry("fd_readdir", "iiiIi"),
            Map.entry("fd_renumber", "ii"),
            Map.entry("fd_seek", "iIii"),
            Map.entry("fd_write", "iiii"),
            Map.entry("path_create_directory", "iii"),
            Map.entry("path_filestat_get", "iiiii"),
            Map.entry("path_link", "iiiiiii"),
            Map.entry("path_open", "iiiiiIIii"),
            Map.entry("path_readlink", "iiiiii"),
            Map.entry("path_remove_directory", "iii"),
            Map.entry("path_rename", "iiiiii"),
            Map.entry("path_symlink", "iiiii"),
            Map.entry("path_unlink_file", "iii"),
            Map.entry("poll_oneoff", "iiii"),
            Map.entry("proc_exit", "i"),
            Map.entry("random_get", "ii"),
            Map.entry("sock_accept", "iii"),
            Map.entry("sock_recv", "iiiiii"),
            Map.entry("sock_send", "iiiii"),
            Map.entry("sock_shutdown", "ii"));

    private static final int RESULTS = 1024;
    private static final int STRINGS = 16_384;

    /** Free for the script's own structures: 8192 to 16383. */
    static final int SCRATCH = 8192;

    private record Step(String name, long[] arguments) {}

    private record Region(int address, int length) {}

    private final List<Step> steps = new ArrayList<>();
    private final Map<Integer, byte[]> data = new LinkedHashMap<>();
    private final List<Region> dumped = new ArrayList<>();
    private int nextString = STRINGS;

    record Outcome(Execution run, List<Integer> errnos, ByteBuffer memory) {
        int errno(int call) {
            return errnos.get(call);
        }
    }

    SyscallScript call(String name, long... arguments) {
        steps.add(new Step(name, arguments));
        return this;
    }

    int count() {
        return steps.size();
    }

    /** Puts bytes into memory, gives their address. */
    int put(byte[] bytes) {
        int at = nextString;
        data.put(at, bytes);
        nextString += bytes.length + 8 & ~7;
        return at;
    }

    int put(String text) {
        return put(text.getBytes(StandardCharsets.UTF_8));
    }

    /** An iovec for a region. */
    int vector(int address, int length) {
        return put(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(address)
                .putInt(length)
                .array());
    }

    SyscallScript open(int directory, String path, int how, int rights, int resultAddress) {
        return call(
                "path_open",
                directory,
                1,
                put(path),
                path.getBytes(StandardCharsets.UTF_8).length,
                how,
                rights == 0 ? Rights.ALL : rights,
                Rights.ALL,
                0,
                resultAddress);
    }

    SyscallScript path(String call, int directory, String path) {
        return call(call, directory, put(path), path.getBytes(StandardCharsets.UTF_8).length);
    }

    SyscallScript symlink(String target, int directory, String path) {
        return call("path_symlink", put(target), target.length(), directory, put(path), path.length());
    }

    SyscallScript rename(int from, String path, int to, String target) {
        return call("path_rename", from, put(path), path.length(), to, put(target), target.length());
    }

    SyscallScript write(int fd, String text) {
        int vector = vector(put(text), text.length());
        return call("fd_write", fd, vector, 1, SCRATCH - 8);
    }

    /** Shows this part of the memory after the last call. */
    SyscallScript dump(int address, int length) {
        dumped.add(new Region(address, length));
        return this;
    }

    byte[] module() {
        WasmAssembler module = new WasmAssembler().memory(4);
        int write = module.fdWrite();
        Map<String, Integer> imported = new LinkedHashMap<>();
        imported.put("fd_write", write);
        for (Step step : steps) {
            imported.computeIfAbsent(
                    step.name(), name -> module.wasi(name, SIGNATURES.get(name), name.equals("proc_exit") ? "" : "i"));
        }
        data.forEach(module::data);
        return module.main("", code -> {
            for (int i = 0; i < steps.size(); i++) {
                Step step = steps.get(i);
                boolean exits = step.name().equals("proc_exit");
                if (!exits) {
                    code.i32(RESULTS + 4 * i);
                }
                String signature = SIGNATURES.get(step.name());
                for (int j = 0; j < signature.length(); j++) {
                    if (signature.charAt(j) == 'I') {
                        code.i64(step.arguments()[j]);
                    } else {
                        code.i32((int) step.arguments()[j]);
                    }
                }
                code.call(imported.get(step.name()));
                if (!exits) {
                    code.store();
                }
            }
            print(code, write, RESULTS, 4 * steps.size());
            dumped.forEach(region -> print(code, write, region.address(), region.length()));
        });
    }

    private static void print(WasmAssembler.Code code, int write, int address, int length) {
        code.poke(0, address).poke(4, length);
        code.i32(1).i32(0).i32(1).i32(8).call(write).drop();
    }

    Outcome run(WasmBackend backend) throws InterruptedException {
        return run(backend, Boxes.of(module()));
    }

    /** @param box a spec made of {@link #module} */
    Outcome run(WasmBackend backend, Boxes box) throws InterruptedException {
        Execution run = backend.run(box.spec());
        ByteBuffer out = ByteBuffer.wrap(run.stdout().head()).order(ByteOrder.LITTLE_ENDIAN);
        List<Integer> errnos = new ArrayList<>();
        for (int i = 0; i < steps.size() && out.remaining() >= 4; i++) {
            errnos.add(out.getInt());
        }
        return new Outcome(run, errnos, out.slice().order(ByteOrder.LITTLE_ENDIAN));
    }
}
