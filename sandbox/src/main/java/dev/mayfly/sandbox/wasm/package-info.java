/**
 * Runs WASI preview 1 programs inside this JVM. In comes a {@link dev.mayfly.sandbox.box.BoxSpec} whose command names a
 * {@code .wasm} file among its files, out comes an {@link dev.mayfly.sandbox.box.Execution} that is the same to the
 * byte for the same spec, whatever machine, JIT state or engine tier ran it.
 *
 * <p>What holds the program: the module is rewritten so that it counts its own instructions and its own stack
 * ({@link dev.mayfly.sandbox.wasm.ModuleMeter}); every import is one of ours; files live in an in-memory tree; clock
 * and randomness are computed. There is no kernel sandbox around it: the JVM is the wall, and the layers say so. The
 * Wasm library is named only by the engine class. One worker thread per run; all state of a run belongs to it.
 */
@NullMarked
package dev.mayfly.sandbox.wasm;

import org.jspecify.annotations.NullMarked;
