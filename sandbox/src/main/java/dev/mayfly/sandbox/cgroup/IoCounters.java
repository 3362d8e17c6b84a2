package dev.mayfly.sandbox.cgroup;

/** Bytes read and written, added up over all devices. */
final class IoCounters {
    private IoCounters() {}

    /** Lines {@code 254:0 Read 4096}, {@code 254:0 Write 0}, then totals (blkio-controller.rst). */
    static long[] v1(String text) {
        long[] sums = new long[2];
        for (String line : text.split("\n", -1)) {
            String[] words = line.split(" ", -1);
            if (words.length == 3 && words[1].equals("Read")) {
                sums[0] += number(words[2]);
            } else if (words.length == 3 && words[1].equals("Write")) {
                sums[1] += number(words[2]);
            }
        }
        return sums;
    }

    /** Lines {@code 254:0 rbytes=4096 wbytes=0 rios=1 ...} (cgroup-v2.rst, io.stat). */
    static long[] v2(String text) {
        long[] sums = new long[2];
        for (String word : text.split("[ \n]", -1)) {
            if (word.startsWith("rbytes=")) {
                sums[0] += number(word.substring("rbytes=".length()));
            } else if (word.startsWith("wbytes=")) {
                sums[1] += number(word.substring("wbytes=".length()));
            }
        }
        return sums;
    }

    private static long number(String word) {
        try {
            return Long.parseLong(word.trim());
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
