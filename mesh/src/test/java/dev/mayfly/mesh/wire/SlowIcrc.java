package dev.mayfly.mesh.wire;

/**
 * The checksum written another way than in the program: bit by bit, over a copy of the whole packet in which each masked
 * field is overwritten where the specification says it is.
 */
public final class SlowIcrc {
    private SlowIcrc() {}

    /** @param packet from the IP header to the byte before the ICRC */
    public static byte[] of(byte[] packet) {
        byte[] copy = packet.clone();
        int udp;
        if ((copy[0] >> 4 & 0xF) == 4) {
            udp = (copy[0] & 0xF) * 4;
            copy[1] = -1;
            copy[8] = -1;
            copy[10] = -1;
            copy[11] = -1;
        } else {
            udp = 40;
            copy[0] |= 0x0F;
            copy[1] = -1;
            copy[2] = -1;
            copy[3] = -1;
            copy[7] = -1;
        }
        copy[udp + 6] = -1;
        copy[udp + 7] = -1;
        copy[udp + 8 + 4] = -1;
        int register = -1;
        for (int i = 0; i < 8; i++) {
            register = step(register, (byte) -1);
        }
        for (byte value : copy) {
            register = step(register, value);
        }
        int crc = ~register;
        return new byte[] {(byte) crc, (byte) (crc >>> 8), (byte) (crc >>> 16), (byte) (crc >>> 24)};
    }

    private static int step(int register, byte value) {
        int next = register;
        for (int bit = 0; bit < 8; bit++) {
            boolean one = ((next ^ value >> bit) & 1) != 0;
            next = next >>> 1 ^ (one ? 0xEDB88320 : 0);
        }
        return next;
    }
}
