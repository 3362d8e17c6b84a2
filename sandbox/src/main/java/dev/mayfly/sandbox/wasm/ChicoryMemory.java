package dev.mayfly.sandbox.wasm;

import com.dylibso.chicory.runtime.Memory;
import org.jspecify.annotations.Nullable;

/** Chicory's memory behind our port, with one way to be out of bounds. */
final class ChicoryMemory implements WasmEngine.GuestMemory {
    private final @Nullable Memory memory;

    /** @param memory null when the module has none: then every access is a fault */
    ChicoryMemory(@Nullable Memory memory) {
        this.memory = memory;
    }

    /** Addresses are unsigned 32 bits; the library takes them as signed, so the check is ours. */
    private Memory at(int address, long length) {
        Memory present = memory;
        if (present == null
                || length < 0
                || Integer.toUnsignedLong(address) + length > (long) present.pages() * Memory.PAGE_SIZE) {
            throw new WasmEngine.GuestFault();
        }
        return present;
    }

    @Override
    public int size() {
        return memory == null ? 0 : (int) Math.min(Integer.MAX_VALUE, (long) memory.pages() * Memory.PAGE_SIZE);
    }

    @Override
    public byte[] read(int address, int length) {
        return at(address, length).readBytes(address, length);
    }

    @Override
    public void write(int address, byte[] bytes, int from, int length) {
        at(address, length).write(address, bytes, from, length);
    }

    @Override
    public int readInt(int address) {
        return at(address, 4).readInt(address);
    }

    @Override
    public long readLong(int address) {
        return at(address, 8).readLong(address);
    }

    @Override
    public void writeByte(int address, int value) {
        at(address, 1).writeByte(address, (byte) value);
    }

    @Override
    public void writeShort(int address, int value) {
        at(address, 2).writeShort(address, (short) value);
    }

    @Override
    public void writeInt(int address, int value) {
        at(address, 4).writeI32(address, value);
    }

    @Override
    public void writeLong(int address, long value) {
        at(address, 8).writeLong(address, value);
    }
}
