package dev.mayfly.sandbox.wasm;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Everything of one run that system calls work on. Belongs to the thread that runs the program. */
record WasiContext(
        RunMeter meter,
        Vfs vfs,
        DescriptorTable descriptors,
        Denials denials,
        SeededRandom random,
        List<byte[]> arguments,
        List<byte[]> environment,
        StandardInput stdin,
        StreamCapture stdout,
        StreamCapture stderr) {

    /** The bytes that are read from descriptor 0. */
    static final class StandardInput {
        private final byte[] bytes;
        private int at;

        StandardInput(byte[] bytes) {
            this.bytes = bytes;
        }

        int read(byte[] into, int from, int length) {
            int count = Math.min(length, bytes.length - at);
            System.arraycopy(bytes, at, into, from, count);
            at += count;
            return count;
        }

        int available() {
            return bytes.length - at;
        }
    }

    /** A path argument: UTF-8, as the interface demands. */
    String text(WasmEngine.GuestMemory memory, int address, int length) {
        if (length < 0 || length > 1 << 16) {
            throw new WasiException(Errno.NAMETOOLONG);
        }
        meter.charge(length);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(memory.read(address, length)))
                    .toString();
        } catch (CharacterCodingException _) {
            throw new WasiException(Errno.ILSEQ);
        }
    }
}
