/**
 * eBPF without a library: {@link dev.mayfly.platform.linux.bpf.BpfAssembler} turns labelled instructions into bytes
 * (pure), {@link dev.mayfly.platform.linux.bpf.Bpf} is bpf(2) through the foreign-function interface. Programs, maps and
 * links are descriptors owned by the object that made them: they live as long as it is open, and the kernel removes them
 * with this process. Programs themselves belong to the rooms that use them.
 */
@NullMarked
package dev.mayfly.platform.linux.bpf;

import org.jspecify.annotations.NullMarked;
