package dev.mayfly.mesh.wire;

/**
 * Finds the identification of an IPv4 header that nobody showed us, from what it does to the checksum. CRC-32 is linear: what
 * two packets differ in decides how their checksums differ, and a register can be run backwards over bytes in which they are
 * the same. What is left of the difference then must fit into the two bytes of the identification; by chance it does so once in
 * 65,536.
 */
final class Identification {
    private static final int POLYNOMIAL = 0xEDB88320;
    private static final int NONE = -1;
    private static final int BYTES = 2;

    /** What a byte does to the register. */
    private static final int[] FORWARD = forward();

    /** Which byte it was, by the upper eight bits of that. */
    private static final int[] BY_UPPER = byUpper();

    private Identification() {}

    private static int[] forward() {
        int[] forward = new int[256];
        for (int i = 0; i < 256; i++) {
            int register = i;
            for (int bit = 0; bit < 8; bit++) {
                register = (register & 1) == 0 ? register >>> 1 : register >>> 1 ^ POLYNOMIAL;
            }
            forward[i] = register;
        }
        return forward;
    }

    private static int[] byUpper() {
        int[] byUpper = new int[256];
        for (int i = 0; i < 256; i++) {
            byUpper[FORWARD[i] >>> 24] = i;
        }
        return byUpper;
    }

    /**
     * @param difference of the checksum that is said and the one with identification 0, as registers
     * @param bytesBehind the identification, under the checksum
     * @return -1 when no identification makes this difference
     */
    static int of(int difference, int bytesBehind) {
        int register = difference;
        for (int i = 0; i < bytesBehind + BYTES; i++) {
            int was = BY_UPPER[register >>> 24];
            register = (register ^ FORWARD[was]) << 8 | was;
        }
        if (register >>> 16 != 0) {
            return NONE;
        }
        return (register & 0xFF) << 8 | register >>> 8;
    }
}
