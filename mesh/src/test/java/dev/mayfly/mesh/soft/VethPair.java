package dev.mayfly.mesh.soft;

import dev.mayfly.testkit.NetSpace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Two network namespaces with a cable between them. */
final class VethPair implements AutoCloseable {
    static final String A4 = "10.231.7.1";
    static final String B4 = "10.231.7.2";
    static final String A6 = "fd00:231::1";
    static final String B6 = "fd00:231::2";

    private final List<NetSpace> spaces = new ArrayList<>();

    static VethPair make() throws IOException {
        VethPair pair = new VethPair();
        try {
            pair.build();
            return pair;
        } catch (IOException | RuntimeException e) {
            pair.close();
            throw e;
        }
    }

    private void build() throws IOException {
        for (int i = 0; i < 2; i++) {
            spaces.add(NetSpace.make());
        }
        in(0, "ip", "link", "add", "mesh0", "type", "veth", "peer", "name", "mesh0", "netns", "" + pid(1));
        for (int i = 0; i < 2; i++) {
            in(i, "ip", "addr", "add", (i == 0 ? A4 : B4) + "/24", "dev", "mesh0");
            in(i, "ip", "addr", "add", (i == 0 ? A6 : B6) + "/64", "dev", "mesh0", "nodad");
            in(i, "ip", "link", "set", "mesh0", "up");
            in(i, "ip", "link", "set", "lo", "up");
        }
    }

    long pid(int end) {
        return spaces.get(end).pid();
    }

    /** Runs a command in one of the namespaces and returns what it wrote. */
    String in(int end, String... command) throws IOException {
        return spaces.get(end).in(command);
    }

    Process start(int end, String... command) throws IOException {
        return spaces.get(end).start(command);
    }

    @Override
    public void close() {
        spaces.forEach(NetSpace::close);
    }
}
