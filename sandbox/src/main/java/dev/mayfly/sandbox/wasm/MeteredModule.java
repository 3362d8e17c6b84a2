package dev.mayfly.sandbox.wasm;

import java.util.List;
import java.util.OptionalInt;

/**
 * A module that counts for itself.
 *
 * @param bytes the rewritten module
 * @param fuelGlobal index of the i64 global that holds the fuel left; below zero means it ran out
 * @param stackGlobal index of the i32 global that holds the stack bytes left; below zero means too deep
 * @param growthGlobal index of the i32 global that counts memory.grow calls that failed
 * @param startFunction what the start section named; the rewritten module has no start section, because fuel must be
 *     set before anything runs
 * @param memoryMinPages -1 when the module defines no memory
 * @param memoryMaxPages what it declares, or the format's maximum
 * @param codeBytes size of the original code section
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of up to megabytes, compared by nobody
record MeteredModule(
        byte[] bytes,
        int fuelGlobal,
        int stackGlobal,
        int growthGlobal,
        OptionalInt startFunction,
        List<ImportedFunction> imports,
        List<String> otherImports,
        int memoryMinPages,
        int memoryMaxPages,
        int codeBytes) {
    record ImportedFunction(String module, String name, FunctionShape shape) {}

    MeteredModule {
        imports = List.copyOf(imports);
        otherImports = List.copyOf(otherImports);
    }
}
