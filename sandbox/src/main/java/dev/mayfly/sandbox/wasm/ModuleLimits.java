package dev.mayfly.sandbox.wasm;

/**
 * What a module may be before it runs. The parsed form takes up to about a hundred bytes of heap per instruction, and
 * a few bytes can declare thousands of locals, so these are checked on the raw bytes before the library sees them.
 *
 * @param moduleBytes size of the file
 * @param functions defined and imported
 * @param localsPerFunction the limit browsers agreed on (WebAssembly JavaScript interface, implementation limits)
 * @param localsPerModule sum over all functions
 * @param tableElements of one table, at the start and after growing
 * @param stackBytes how deep calls may nest, in the units of {@link CodeMeter#frameBytes}
 */
record ModuleLimits(
        int moduleBytes,
        int functions,
        int types,
        int localsPerFunction,
        int localsPerModule,
        int tables,
        int tableElements,
        int nesting,
        int stackBytes) {
    static ModuleLimits standard() {
        return new ModuleLimits(8 << 20, 100_000, 50_000, 50_000, 2_000_000, 16, 500_000, 20_000, 4 << 20);
    }
}
