package dev.mayfly.app;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.sandbox.api.InputFile;
import dev.mayfly.sandbox.api.RunRequest;
import dev.mayfly.sandbox.box.Backend;
import dev.mayfly.sandbox.choose.Backends;
import dev.mayfly.sandbox.choose.HostBackends;
import dev.mayfly.sandbox.choose.Preference;
import dev.mayfly.sandbox.run.BackendSelector;
import dev.mayfly.sandbox.wasm.WasmBackend;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The backends of this machine, each opened when the first run wants it and kept until the end. One that does not work
 * is asked again by the next run, because what was missing may have been installed.
 */
final class MachineBackends implements BackendSelector, AutoCloseable {
    private static final byte[] WASM_MAGIC = {0, 'a', 's', 'm'};

    private final HostBackends host;
    private final Log log;
    private final Map<Preference, Backend> opened = new EnumMap<>(Preference.class);
    /** Why a backend is not the strongest, until the first run that uses it. */
    private final Map<Preference, String> untold = new EnumMap<>(Preference.class);

    private final ReentrantLock opening = new ReentrantLock();

    MachineBackends(HostBackends host, Log log) {
        this.host = host;
        this.log = log.named("backends");
    }

    @Override
    public Backend select(String wanted, RunRequest request) {
        Preference preference = Preference.of(wanted);
        if (preference == Preference.AUTO && namesWasmProgram(request)) {
            preference = Preference.WASM;
        }
        Backend backend = open(preference);
        tell(preference);
        return backend;
    }

    /**
     * Opens what a request will most likely get, before the request has been read. For one that brings its own
     * WebAssembly program it is opened in vain, which costs time and nothing else.
     *
     * @throws MayflyException {@code SANDBOX_UNAVAILABLE}
     */
    void open(String wanted) {
        Backend _ = open(Preference.of(wanted));
    }

    private Backend open(Preference preference) {
        lock();
        try {
            Backend known = opened.get(preference);
            return known == null ? make(preference) : known;
        } finally {
            opening.unlock();
        }
    }

    private void lock() {
        try {
            opening.lockInterruptibly();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted while a backend was opened", e);
    }

    /** What is weaker than the best is never taken in silence; the result says which one it was. */
    private void tell(Preference preference) {
        lock();
        try {
            String evidence = untold.remove(preference);
            if (evidence != null) {
                log.warn()
                        .with("backend", open(preference).name())
                        .with("evidence", evidence)
                        .log("the strongest backend does not work here");
            }
        } finally {
            opening.unlock();
        }
    }

    private Backend make(Preference preference) {
        if (preference == Preference.WASM) {
            return keep(preference, new WasmBackend());
        }
        try {
            Backends.Choice choice = host.choose(preference);
            if (choice.backend().name().equals("unavailable")) {
                throw unavailable(choice.evidence());
            }
            if (choice.evidence().size() > 1) {
                untold.put(preference, String.join("; ", choice.evidence()));
            }
            return keep(preference, choice.backend());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static MayflyException unavailable(List<String> evidence) {
        return new MayflyException(
                ErrorCode.SANDBOX_UNAVAILABLE,
                "no sandbox can be set up here; nothing was run",
                String.join("; ", evidence),
                "mayfly doctor");
    }

    private Backend keep(Preference preference, Backend backend) {
        opened.put(preference, backend);
        return backend;
    }

    /** True when the first word of the command is one of the request's own files, and that file is WebAssembly. */
    static boolean namesWasmProgram(RunRequest request) {
        String command =
                request.cmd().map(String::strip).orElseGet(() -> request.argv().getFirst());
        String word = request.cmd().isPresent() ? command.split("\\s", 2)[0] : command;
        String plain = plain(word);
        return request.files().stream().anyMatch(file -> plain(file.path()).equals(plain) && isWasm(file));
    }

    private static String plain(String path) {
        String inWorkspace = path.startsWith("/workspace/") ? path.substring("/workspace/".length()) : path;
        return inWorkspace.startsWith("./") ? inWorkspace.substring(2) : inWorkspace;
    }

    private static boolean isWasm(InputFile file) {
        byte[] content = file.content();
        for (int i = 0; i < WASM_MAGIC.length; i++) {
            if (content.length <= i || content[i] != WASM_MAGIC[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        opening.lock();
        try {
            opened.values().forEach(Backend::close);
            opened.clear();
        } finally {
            opening.unlock();
        }
    }
}
