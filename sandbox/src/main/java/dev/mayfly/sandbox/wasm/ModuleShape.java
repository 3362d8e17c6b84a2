package dev.mayfly.sandbox.wasm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What rewriting one function needs to know about the module around it. */
final class ModuleShape {
    private final ModuleLimits limits;
    private final List<FunctionShape> types = new ArrayList<>();
    private final List<FunctionShape> functions = new ArrayList<>();
    private final Map<List<Integer>, Integer> addedTypes = new LinkedHashMap<>();
    private int globals;

    ModuleShape(ModuleLimits limits) {
        this.limits = limits;
    }

    ModuleLimits limits() {
        return limits;
    }

    void addType(FunctionShape type) {
        types.add(type);
    }

    void addFunction(int type) {
        functions.add(type(type));
        if (functions.size() > limits.functions()) {
            throw new BadModuleException("too many functions, the limit is " + limits.functions());
        }
    }

    void addGlobal() {
        globals++;
    }

    FunctionShape type(int index) {
        if (index >= types.size()) {
            throw new BadModuleException("unknown type " + index);
        }
        return types.get(index);
    }

    FunctionShape function(int index) {
        if (index >= functions.size()) {
            throw new BadModuleException("unknown function " + index);
        }
        return functions.get(index);
    }

    int functionCount() {
        return functions.size();
    }

    /** Our own globals stand behind the module's, so a module that names one too many would reach them: refused. */
    void checkGlobal(int index) {
        if (index >= globals) {
            throw new BadModuleException("unknown global " + index);
        }
    }

    int fuelGlobal() {
        return globals;
    }

    int stackGlobal() {
        return globals + 1;
    }

    int growthGlobal() {
        return globals + 2;
    }

    int valueType(int code) {
        return switch (code) {
            case FunctionShape.I32,
                    FunctionShape.I64,
                    FunctionShape.F32,
                    FunctionShape.F64,
                    FunctionShape.FUNCREF,
                    FunctionShape.EXTERNREF -> code;
            case 0x7b -> throw new BadModuleException("vectors (SIMD) are not supported");
            default -> throw new BadModuleException("unknown value type 0x" + Integer.toHexString(code));
        };
    }

    /** The encoded type of a block that gives these results; several results need a type of their own. */
    byte[] blockType(List<Integer> results) {
        if (results.isEmpty()) {
            return new byte[] {Opcodes.NO_RESULT};
        }
        if (results.size() == 1) {
            return new byte[] {results.getFirst().byteValue()};
        }
        Integer known = addedTypes.get(results);
        int index = known == null ? types.size() + addedTypes.size() : known;
        addedTypes.put(results, index);
        return new WasmWriter(5).s64(index).bytes();
    }

    /** Result lists of the types that {@link #blockType} made, in index order. */
    List<List<Integer>> addedTypes() {
        return List.copyOf(addedTypes.keySet());
    }
}
