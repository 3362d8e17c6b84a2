package dev.mayfly.sandbox.wasm;

import com.dylibso.chicory.compiler.InterpreterFallback;
import com.dylibso.chicory.compiler.MachineFactoryCompiler;
import com.dylibso.chicory.runtime.ByteArrayMemory;
import com.dylibso.chicory.runtime.ChicoryInterruptedException;
import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.ImportFunction;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.InterpreterMachine;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.runtime.TableInstance;
import com.dylibso.chicory.wasm.ChicoryException;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import com.dylibso.chicory.wasm.types.Table;
import com.dylibso.chicory.wasm.types.TableLimits;
import com.dylibso.chicory.wasm.types.ValType;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The engine on Chicory. A program is interpreted until someone asks for {@link Program#compile}; then it becomes JVM
 * classes, which the JVM verifies when it loads them (their loader is not the boot loader), so a mistake of the compiler
 * can give a wrong result but not a wild pointer. Functions beyond the JVM's method size stay interpreted. Both tiers
 * count the same fuel because the counting is in the module.
 */
final class ChicoryEngine implements WasmEngine {
    private final ModuleLimits limits;

    ChicoryEngine(ModuleLimits limits) {
        this.limits = limits;
    }

    @Override
    public Program load(byte[] module) {
        MeteredModule metered = ModuleMeter.meter(module, limits);
        GuestInterrupted.check();
        try {
            // The original must be valid by itself: rewriting must not make sense of what had none. Validating the
            // result again would double the time and tell nothing new; tests hold that valid modules stay valid.
            Parser.parse(module);
            GuestInterrupted.check();
            WasmModule parsed = Parser.builder()
                    .withValidation(false)
                    .build()
                    .parse(() -> new ByteArrayInputStream(metered.bytes()));
            return new ChicoryProgram(metered, parsed);
        } catch (BadModuleException | GuestInterrupted e) {
            throw e;
        } catch (RuntimeException | StackOverflowError e) {
            throw new BadModuleException("it is not valid: " + firstLine(e));
        }
    }

    private static String firstLine(Throwable e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        String line = message.lines().findFirst().orElse("");
        return line.length() > 200 ? line.substring(0, 200) : line;
    }

    private static final class ChicoryProgram implements Program {
        private final MeteredModule module;
        private final WasmModule parsed;
        private volatile Function<Instance, Machine> machines = InterpreterMachine::new;
        private volatile boolean compiled;

        ChicoryProgram(MeteredModule module, WasmModule parsed) {
            this.module = module;
            this.parsed = parsed;
        }

        @Override
        public MeteredModule module() {
            return module;
        }

        @Override
        public boolean compiled() {
            return compiled;
        }

        @Override
        public synchronized void compile() {
            if (compiled) {
                return;
            }
            try {
                machines = MachineFactoryCompiler.builder(parsed)
                        .withInterpreterFallback(InterpreterFallback.SILENT)
                        .compile();
            } catch (RuntimeException | LinkageError | StackOverflowError _) {
                // A valid module that the compiler cannot take runs all the same, only slower.
            } finally {
                compiled = true;
            }
        }

        @Override
        public Guest instantiate(List<HostCall> imports, int maxPages) {
            ChicoryGuest guest = new ChicoryGuest(module);
            List<ImportFunction> functions = new ArrayList<>(imports.size());
            for (int i = 0; i < imports.size(); i++) {
                functions.add(bind(guest, module.imports().get(i), imports.get(i)));
            }
            Instance.Builder builder = Instance.builder(parsed)
                    .withImportValues(ImportValues.builder()
                            .addFunction(functions.toArray(ImportFunction[]::new))
                            .build())
                    .withMemoryFactory(ByteArrayMemory::new)
                    .withTableFactory(ChicoryProgram::freshTable)
                    .withMachineFactory(machines)
                    .withStart(false);
            if (module.memoryMinPages() >= 0) {
                builder.withMemoryLimits(
                        new MemoryLimits(module.memoryMinPages(), Math.min(module.memoryMaxPages(), maxPages)));
            }
            try {
                guest.instance = builder.build();
            } catch (ChicoryException e) {
                throw new WasmTrap("cannot be instantiated: " + firstLine(e));
            }
            return guest;
        }

        /** The library's tables write their growth into the module's own limits, which later runs would see. */
        private static TableInstance freshTable(Table table, int initial) {
            TableLimits limits = table.limits();
            return new TableInstance(
                    new Table(table.elementType(), new TableLimits(limits.min(), limits.max())), initial);
        }

        private static ImportFunction bind(ChicoryGuest guest, MeteredModule.ImportedFunction imported, HostCall call) {
            boolean gives = !imported.shape().results().isEmpty();
            return new HostFunction(
                    imported.module(), imported.name(), functionType(imported.shape()), (_, arguments) -> {
                        int result = call.call(guest, arguments);
                        return gives ? new long[] {result} : new long[0];
                    });
        }

        private static FunctionType functionType(FunctionShape shape) {
            return FunctionType.of(
                    shape.params().stream().map(ChicoryProgram::valType).toList(),
                    shape.results().stream().map(ChicoryProgram::valType).toList());
        }

        private static ValType valType(int code) {
            return switch (code) {
                case FunctionShape.I32 -> ValType.I32;
                case FunctionShape.I64 -> ValType.I64;
                case FunctionShape.F32 -> ValType.F32;
                case FunctionShape.F64 -> ValType.F64;
                case FunctionShape.FUNCREF -> ValType.FuncRef;
                default -> ValType.ExternRef;
            };
        }
    }

    private static final class ChicoryGuest implements Guest {
        private final MeteredModule module;
        private @Nullable Instance instance;

        ChicoryGuest(MeteredModule module) {
            this.module = module;
        }

        private Instance instance() {
            Instance ready = instance;
            if (ready == null) {
                throw new IllegalStateException("a host call came before the instance was complete");
            }
            return ready;
        }

        @Override
        public GuestMemory memory() {
            return new ChicoryMemory(instance().memory());
        }

        @Override
        public long fuelLeft() {
            return instance().global(module.fuelGlobal()).getValue();
        }

        @Override
        public void setFuel(long fuel) {
            instance().global(module.fuelGlobal()).setValue(fuel);
        }

        @Override
        public int stackLeft() {
            return (int) instance().global(module.stackGlobal()).getValue();
        }

        @Override
        public void setStack(int bytes) {
            instance().global(module.stackGlobal()).setValue(bytes);
        }

        @Override
        public boolean growthRefused() {
            return instance().global(module.growthGlobal()).getValue() != 0;
        }

        @Override
        public void run() {
            try {
                if (module.startFunction().isPresent()) {
                    instance().getMachine().call(module.startFunction().getAsInt(), new long[0]);
                }
                instance().export("_start").apply();
            } catch (HostStop | WasmTrap e) {
                throw e;
            } catch (ChicoryInterruptedException _) {
                throw new GuestInterrupted();
            } catch (StackOverflowError _) {
                throw new WasmTrap("call stack exhausted");
            } catch (RuntimeException e) {
                throw new WasmTrap(trapName(e));
            }
        }

        /** The same words whichever tier trapped: stderr is part of what must not vary. */
        private static String trapName(RuntimeException e) {
            String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
            if (e instanceof ArithmeticException && message.contains("zero")) {
                return "integer divide by zero";
            }
            for (String known : KNOWN_TRAPS) {
                if (message.contains(known)) {
                    return known;
                }
            }
            if (e instanceof IndexOutOfBoundsException) {
                return "out of bounds memory access";
            }
            return "trap";
        }
    }

    private static final List<String> KNOWN_TRAPS = List.of(
            "unreachable",
            "integer divide by zero",
            "integer overflow",
            "invalid conversion to integer",
            "out of bounds memory access",
            "out of bounds table access",
            "indirect call type mismatch",
            "undefined element",
            "uninitialized element",
            "call stack exhausted",
            "null function reference");
}
