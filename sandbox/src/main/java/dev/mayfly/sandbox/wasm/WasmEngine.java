package dev.mayfly.sandbox.wasm;

import java.util.List;

/** What we need of a Wasm library; the only door to it. */
interface WasmEngine {
    /**
     * Checks a module and makes it ready to run.
     *
     * @throws BadModuleException says what is wrong with it
     * @throws GuestInterrupted when the thread was interrupted meanwhile
     */
    Program load(byte[] module);

    /** A module that can be run any number of times; safe for concurrent use, keeps nothing of a run. */
    interface Program {
        MeteredModule module();

        /**
         * A fresh instance with its memory laid out; nothing of the program has run.
         *
         * @param imports one for each of {@link MeteredModule#imports}, in that order
         * @param maxPages of 64 KiB; growing beyond fails
         * @throws WasmTrap when segments do not fit
         */
        Guest instantiate(List<HostCall> imports, int maxPages);

        /** Whether {@link #instantiate} gives the fast tier. */
        boolean compiled();

        /** Makes {@link #instantiate} give the fast tier from now on, if there is one; takes long, happens once. */
        void compile();
    }

    /** One running program. Belongs to one thread. */
    interface Guest {
        GuestMemory memory();

        long fuelLeft();

        void setFuel(long fuel);

        int stackLeft();

        void setStack(int bytes);

        boolean growthRefused();

        /**
         * Runs the start function of the module, if any, and then {@code _start}.
         *
         * @throws WasmTrap when the program traps
         * @throws GuestInterrupted when the thread was interrupted
         */
        void run();
    }

    /** A function that the host gives to the program. */
    interface HostCall {
        /** @return the one i32 result; ignored when the function has none */
        int call(Guest guest, long[] arguments);
    }

    /** The linear memory; an access outside it is a {@link GuestFault}. */
    interface GuestMemory {
        int size();

        byte[] read(int address, int length);

        void write(int address, byte[] bytes, int from, int length);

        int readInt(int address);

        long readLong(int address);

        void writeByte(int address, int value);

        void writeShort(int address, int value);

        void writeInt(int address, int value);

        void writeLong(int address, long value);
    }

    /** A host call was given addresses outside the program's memory. */
    final class GuestFault extends RuntimeException {
        private static final long serialVersionUID = 1L;

        GuestFault() {
            super("address outside the memory", null, false, false);
        }
    }

    /** The program did what the specification calls a trap. */
    final class WasmTrap extends RuntimeException {
        private static final long serialVersionUID = 1L;

        WasmTrap(String message) {
            super(message, null, false, false);
        }
    }

    /** The running thread was interrupted. */
    final class GuestInterrupted extends RuntimeException {
        private static final long serialVersionUID = 1L;

        GuestInterrupted() {
            super("interrupted", null, false, false);
        }

        /** Loading is several long steps that do not look at interrupts themselves; this stands between them. */
        static void check() {
            if (Thread.currentThread().isInterrupted()) {
                throw new GuestInterrupted();
            }
        }
    }

    /** The host ends the program from within a host call; not a trap. */
    abstract class HostStop extends RuntimeException {
        private static final long serialVersionUID = 1L;

        HostStop(String message) {
            super(message, null, false, false);
        }
    }
}
