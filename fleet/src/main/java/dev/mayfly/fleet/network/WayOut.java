package dev.mayfly.fleet.network;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How runners of this host reach what they may.
 *
 * @param program mayfly-slot, which holds their networks
 * @param closed names and addresses of hosts that they must not reach, whatever is open: the server's
 * @param outside the network namespace from which connections go out, when it is not the agent's own
 */
public record WayOut(
        Path program, NetworkPolicy policy, Resolver resolver, List<String> closed, Optional<Path> outside) {
    private static final String READY = "ready";

    public WayOut {
        Objects.requireNonNull(program, "program");
        Objects.requireNonNull(policy, "policy");
        Objects.requireNonNull(resolver, "resolver");
        closed = List.copyOf(closed);
        Objects.requireNonNull(outside, "outside");
        if (policy.isNone()) {
            throw new IllegalArgumentException("nothing is open");
        }
    }

    /** What the program that holds a runner is told; looked up each time, because names and resolvers change. */
    public List<String> words() {
        List<String> words = new ArrayList<>();
        policy.open().forEach(each -> words.add("open=" + each));
        policy.closed(addresses()).forEach(each -> words.add("closed=" + each));
        resolver.current().ifPresent(each -> words.add("resolver=" + each));
        outside.ifPresent(each -> words.add("outside=" + each));
        return words;
    }

    /**
     * The command line of a hypervisor that runs in a network that is held.
     *
     * @param port of the loopback, which leads to port 22 of the loopback in there
     */
    public List<String> holding(int port, List<String> command) {
        List<String> line = new ArrayList<>(List.of(program.toString(), "hold", "port=" + port));
        line.addAll(words());
        line.add("--");
        line.addAll(command);
        return line;
    }

    private List<Ipv4Network> addresses() {
        return closed.stream()
                .flatMap(WayOut::addressesOf)
                // That of the runner is its own.
                .filter(address -> address.getAddress().length == Integer.BYTES && !address.isLoopbackAddress())
                .map(address -> Ipv4Network.of(address.getAddress()))
                .toList();
    }

    private static Stream<InetAddress> addressesOf(String host) {
        try {
            return Stream.of(InetAddress.getAllByName(host));
        } catch (UnknownHostException e) {
            return Stream.empty(); // the agent does not reach it by that name either
        }
    }

    /** Why no network can be held here; empty when it can, which is tried. */
    public static Optional<String> missing(Path program) {
        try {
            Process trial = new ProcessBuilder(program.toString(), "try")
                    .redirectErrorStream(true)
                    .start();
            trial.getOutputStream().close();
            String said = new String(trial.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            int code = trial.waitFor();
            return code == 0 && said.equals(READY)
                    ? Optional.empty()
                    : Optional.of(said.isEmpty() ? program + " ended with " + code : said);
        } catch (IOException e) {
            return Optional.of(program + " cannot be run: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("the agent is stopping");
        }
    }
}
