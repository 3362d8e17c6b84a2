package dev.mayfly.platform.verbs;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.platform.linux.Machine;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** libibverbs, or whatever answers to its symbols. May be shared between threads. */
public final class VerbsLibrary {
    private static final String FILE = "libibverbs.so.1";
    private static final int LONGEST_NAME = 64;
    private static final int MOST_DEVICES = 1024;

    private final SymbolLookup symbols;

    private VerbsLibrary(SymbolLookup symbols) {
        this.symbols = symbols;
    }

    /**
     * That of this machine; it stays loaded.
     *
     * @throws MayflyException {@code NOT_FOUND} when there is none, or none whose structures are known here
     */
    public static VerbsLibrary load() {
        boolean linux =
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");
        if (!linux || Machine.current() != Machine.X86_64) {
            throw new MayflyException(
                    ErrorCode.NOT_FOUND,
                    "RDMA cards cannot be used here",
                    "the structures of libibverbs are known for Linux on x86-64 only; this is "
                            + System.getProperty("os.name", "") + " on " + System.getProperty("os.arch", ""),
                    "probe over UDP: --transport soft");
        }
        try {
            return new VerbsLibrary(SymbolLookup.libraryLookup(FILE, Arena.global()));
        } catch (IllegalArgumentException e) {
            throw new MayflyException(
                    ErrorCode.NOT_FOUND,
                    "RDMA cards cannot be used here",
                    FILE + " cannot be loaded",
                    "apt-get install libibverbs1 ibverbs-providers, or probe over UDP: --transport soft",
                    e);
        }
    }

    /** Something else with the same symbols. */
    public static VerbsLibrary of(SymbolLookup symbols) {
        return new VerbsLibrary(symbols);
    }

    /** Names of the cards that there are now. */
    public List<String> devices() {
        try (Arena arena = Arena.ofConfined()) {
            Calls calls = new Calls(arena);
            try (Listed list = new Listed(arena, calls)) {
                return list.devices.stream().map(this::name).toList();
            }
        }
    }

    private String name(long device) {
        try (Arena arena = Arena.ofConfined()) {
            long name = new Calls(arena).call(symbol("ibv_get_device_name"), device);
            return name == 0 ? "" : Calls.at(name, LONGEST_NAME).getString(0);
        }
    }

    /**
     * Opens a card.
     *
     * @throws MayflyException {@code NOT_FOUND} when there is none of this name, or it cannot be opened
     */
    public VerbsDevice open(String device) {
        try (Arena arena = Arena.ofConfined()) {
            Calls calls = new Calls(arena);
            try (Listed list = new Listed(arena, calls)) {
                for (long each : list.devices) {
                    if (name(each).equals(device)) {
                        long context = calls.call(symbol("ibv_open_device"), each);
                        if (context == 0) {
                            throw new MayflyException(
                                    ErrorCode.NOT_FOUND,
                                    "the RDMA card " + device + " cannot be opened",
                                    calls.errno().describe(),
                                    "look at the rights of /dev/infiniband/uverbs*, and at `mayfly mesh doctor`");
                        }
                        return new VerbsDevice(this, device, context);
                    }
                }
            }
        }
        throw new MayflyException(
                ErrorCode.NOT_FOUND,
                "there is no RDMA card " + device,
                "there is " + devices(),
                "see `mayfly mesh doctor`; for a card in software: rdma link add rxe0 type rxe netdev eth0");
    }

    /** A function of the library. */
    MemorySegment symbol(String name) {
        return find(name)
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.NOT_FOUND,
                        "RDMA cards cannot be used here",
                        FILE + " has no " + name + ", so it is older than 2021 or incomplete",
                        "install rdma-core 33 or newer, or probe over UDP: --transport soft"));
    }

    Optional<MemorySegment> find(String name) {
        return symbols.find(name);
    }

    /** The list that the library hands out, until it is given back. Devices that were opened outlive it. */
    private final class Listed implements AutoCloseable {
        private final Calls calls;
        private final long list;
        private final List<Long> devices = new ArrayList<>();

        Listed(Arena arena, Calls calls) {
            this.calls = calls;
            MemorySegment count = arena.allocate(JAVA_INT);
            list = calls.call(symbol("ibv_get_device_list"), count.address());
            int devicesListed = list == 0 ? 0 : Math.min(count.get(JAVA_INT, 0), MOST_DEVICES);
            for (int i = 0; i < devicesListed; i++) {
                devices.add(Calls.at(list, (i + 1L) * Long.BYTES).get(JAVA_LONG, (long) i * Long.BYTES));
            }
        }

        @Override
        public void close() {
            if (list != 0) {
                calls.call(symbol("ibv_free_device_list"), list);
            }
        }
    }
}
