package dev.mayfly.platform.probe;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Major and minor version, which is what features are counted by. */
record KernelVersion(int major, int minor) implements Comparable<KernelVersion> {
    private static final Pattern RELEASE = Pattern.compile("(\\d{1,4})\\.(\\d{1,4}).*", Pattern.DOTALL);

    static Optional<KernelVersion> of(Host host) {
        return host.files().read("/proc/sys/kernel/osrelease").flatMap(KernelVersion::parse);
    }

    static Optional<KernelVersion> parse(String release) {
        Matcher matcher = RELEASE.matcher(release);
        return matcher.matches()
                ? Optional.of(new KernelVersion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))))
                : Optional.empty();
    }

    boolean atLeast(int otherMajor, int otherMinor) {
        return compareTo(new KernelVersion(otherMajor, otherMinor)) >= 0;
    }

    @Override
    public int compareTo(KernelVersion other) {
        return major != other.major ? Integer.compare(major, other.major) : Integer.compare(minor, other.minor);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
