package dev.mayfly.queue.api;

/** The name of a job: {@code r_} and 64 hexadecimal digits, the same for the same request, policy and seed. */
public record JobId(String value) implements Comparable<JobId> {
    private static final int LENGTH = 66;

    public JobId {
        if (!fits(value)) {
            throw new IllegalArgumentException("a job id is r_ and 64 hexadecimal digits, not '" + value + "'");
        }
    }

    public static boolean fits(String text) {
        return text.length() == LENGTH && text.startsWith("r_") && isPrefix(text);
    }

    /** Whether ids can begin with this text, which then is safe in queries and subjects. */
    public static boolean isPrefix(String text) {
        if (text.length() > LENGTH || !text.startsWith("r_".substring(0, Math.min(2, text.length())))) {
            return false;
        }
        for (int i = 2; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int compareTo(JobId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
