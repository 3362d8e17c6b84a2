package dev.mayfly.sandbox.wasm;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The functions of {@code wasi_snapshot_preview1} by name, with their types; everything else is denied here. */
final class WasiTable {
    private static final String MODULE = "wasi_snapshot_preview1";

    /** A system call: memory and arguments in, error number out. */
    interface Call {
        int run(WasmEngine.GuestMemory memory, long[] arguments);
    }

    private record Entry(String signature, Call call) {}

    private final Map<String, Entry> entries = new HashMap<>();
    private final WasiContext context;

    WasiTable(WasiContext context) {
        this.context = context;
        new WasiProcess(context).register(this);
        new WasiFiles(context).register(this);
        new WasiPaths(context).register(this);
        // The numbers of arguments are the interface's; what these calls would do is denied in one place.
        denyNetwork("sock_accept", "iii");
        denyNetwork("sock_recv", "iiiiii");
        denyNetwork("sock_send", "iiiii");
        denyNetwork("sock_shutdown", "ii");
    }

    /** @param signature one letter per parameter: i for i32, I for i64; the result is one i32 */
    void add(String name, String signature, Call call) {
        entries.put(name, new Entry(signature, call));
    }

    private void denyNetwork(String name, String signature) {
        add(name, signature, (_, arguments) -> {
            context.denials().add("net.default", name);
            context.descriptors().get((int) arguments[0]);
            return Errno.NOTSOCK;
        });
    }

    /**
     * One host call per import.
     *
     * @throws BadModuleException when a known function is imported with another type
     */
    List<WasmEngine.HostCall> bind(List<MeteredModule.ImportedFunction> imports) {
        List<WasmEngine.HostCall> bound = new ArrayList<>(imports.size());
        for (MeteredModule.ImportedFunction wanted : imports) {
            bound.add(bind(wanted));
        }
        return bound;
    }

    private WasmEngine.HostCall bind(MeteredModule.ImportedFunction wanted) {
        String name = wanted.module() + "." + wanted.name();
        if (wanted.module().equals(MODULE) && wanted.name().equals("proc_exit")) {
            check(wanted, "i", List.of());
            return (_, arguments) -> {
                context.meter().chargeCall();
                throw new RunStop(RunStop.Why.EXIT, (int) arguments[0]);
            };
        }
        Entry entry = wanted.module().equals(MODULE) ? entries.get(wanted.name()) : null;
        if (entry == null) {
            return (_, _) -> {
                context.denials().add("wasm.imports", name);
                throw new WasmEngine.WasmTrap("unknown import " + name + " was called");
            };
        }
        check(wanted, entry.signature(), List.of(FunctionShape.I32));
        return (guest, arguments) -> run(entry.call(), guest, arguments);
    }

    private int run(Call call, WasmEngine.Guest guest, long[] arguments) {
        context.meter().chargeCall();
        try {
            return call.run(guest.memory(), arguments);
        } catch (WasiException e) {
            return e.errno();
        } catch (WasmEngine.GuestFault _) {
            return Errno.FAULT;
        }
    }

    private static void check(MeteredModule.ImportedFunction wanted, String signature, List<Integer> results) {
        List<Integer> params = signature
                .chars()
                .mapToObj(c -> c == 'I' ? FunctionShape.I64 : FunctionShape.I32)
                .toList();
        if (!wanted.shape().equals(new FunctionShape(params, results))) {
            throw new BadModuleException("it imports " + wanted.module() + "." + wanted.name()
                    + " with a type that this function does not have");
        }
    }
}
