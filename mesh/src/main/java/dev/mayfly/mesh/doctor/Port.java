package dev.mayfly.mesh.doctor;

import dev.mayfly.mesh.wire.Roce;
import dev.mayfly.platform.probe.Capability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** UDP port 4791, by trying, and who has it when it is taken (proc_net_udp: local address, state, inode of the socket). */
final class Port {
    private static final int LOCAL = 1;
    private static final int INODE = 9;

    private final HostFiles files;
    private final Trials trials;

    Port(HostFiles files, Trials trials) {
        this.files = files;
        this.trials = trials;
    }

    /** A socket that has the port. */
    private record Holder(boolean everyAddress, String inode) {}

    Capability row() {
        String name = MeshDoctor.PORT;
        if (trials.portIsFree()) {
            return Capability.active(name, "UDP " + Roce.UDP_PORT + " is free; it was taken and given back");
        }
        List<Holder> holders = holders();
        if (files.has("sys/module/rdma_rxe")) {
            return Capability.unavailable(
                    name,
                    "UDP " + Roce.UDP_PORT + " belongs to the module rdma_rxe (software RDMA)",
                    "rdma link delete rxe0 && modprobe -r rdma_rxe, or probe from another network namespace");
        }
        String whom = holders.stream()
                .map(holder -> process(holder.inode()).orElse("somebody who is hidden from this user"))
                .distinct()
                .reduce((a, b) -> a + ", " + b)
                .orElse("somebody");
        boolean everyAddress = holders.isEmpty() || holders.stream().anyMatch(Holder::everyAddress);
        return everyAddress
                ? Capability.unavailable(
                        name,
                        "UDP " + Roce.UDP_PORT + " is taken on all addresses by " + whom,
                        "end it, or probe from another network namespace")
                : Capability.degraded(
                        name,
                        "UDP " + Roce.UDP_PORT + " is taken on an address of this host by " + whom,
                        "probe from another address: mayfly mesh ping --from ADDRESS");
    }

    private List<Holder> holders() {
        String port = String.format(Locale.ROOT, ":%04X", Roce.UDP_PORT);
        List<Holder> holders = new ArrayList<>();
        for (String table : List.of("proc/net/udp", "proc/net/udp6")) {
            for (String line : files.lines(table)) {
                String[] words = line.strip().split("\\s+", -1);
                if (words.length > INODE && words[LOCAL].endsWith(port)) {
                    String address = words[LOCAL].substring(0, words[LOCAL].length() - port.length());
                    holders.add(new Holder(address.replace("0", "").isEmpty(), words[INODE]));
                }
            }
        }
        return holders;
    }

    private Optional<String> process(String inode) {
        for (String pid : files.names("proc")) {
            if (!pid.chars().allMatch(Character::isDigit)) {
                continue;
            }
            for (String descriptor : files.names("proc/" + pid + "/fd")) {
                if (leadsTo(files.at("proc/" + pid + "/fd/" + descriptor), "socket:[" + inode + "]")) {
                    return Optional.of(
                            files.text("proc/" + pid + "/comm").orElse("process") + " (process " + pid + ")");
                }
            }
        }
        return Optional.empty();
    }

    private static boolean leadsTo(Path link, String target) {
        try {
            return Files.readSymbolicLink(link).toString().equals(target);
        } catch (IOException _) {
            return false;
        }
    }
}
