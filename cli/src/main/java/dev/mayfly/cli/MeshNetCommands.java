package dev.mayfly.cli;

import dev.mayfly.cli.Command.Option;
import java.util.List;

/** Those of {@code mayfly mesh} that run on many hosts together: controller, agents, who asks them, and a demonstration. */
final class MeshNetCommands {
    private MeshNetCommands() {}

    static List<Command> all() {
        return List.of(controller(), agent(), status(), demo());
    }

    private static Command of(String path, String description) {
        return Command.named("mayfly mesh " + path, description);
    }

    private static Command controller() {
        return of(
                        "controller",
                        "Tells agents whom to probe, gathers what they report, and says what is at fault, until Ctrl-C."
                                + " Open-source R-Pingmesh agents can join.")
                .with(
                        Option.value("--listen", "HOST:PORT", "where agents reach it (default 127.0.0.1:50051)"),
                        Option.flag("--open", "let everybody in that reaches the address, without a token"),
                        Option.flag("--plaintext", "without a certificate, although others can reach the address"),
                        Option.value("--metrics", "HOST:PORT", "serve metrics for Prometheus there"),
                        Option.value("--paths", "N", "that there are between two switches at most (default 16)"),
                        Option.value("--targets", "N", "at other switches, of each card (default 5)"),
                        Option.value(
                                "--tor-mesh-rate", "N", "probes a second of each target at one switch (default 10)"),
                        Option.value("--inter-tor-rate", "N", "probes a second of each other target (default 1)"),
                        Option.values(
                                "--switch", "NAME=ADDRESS", "what a switch is called that answers with this address"))
                .ending(
                        "0 told to stop, 69 the address is taken, 4 state cannot be kept, 64 wrong usage",
                        "mayfly mesh controller",
                        "MAYFLY_MESH_TLS_CERT=c.pem MAYFLY_MESH_TLS_KEY=k.pem MAYFLY_MESH_TOKEN=secret mayfly mesh controller"
                                + " --listen 10.0.0.1:50051 --metrics :9465");
    }

    private static Command agent() {
        return of(
                        "agent",
                        "Probes other hosts and answers them, as the controller says, until Ctrl-C. Learns paths when it"
                                + " may open raw sockets.")
                .with(
                        Option.value("--controller", "HOST:PORT", "where the controller is (default 127.0.0.1:50051)"),
                        Option.value("--tor", "NAME", "the switch that this host is plugged into"),
                        Option.values("--address", "ADDRESS", "to probe from (default: all of this host)"),
                        Option.values("--device", "NAME", "only addresses of this device"),
                        Option.value("--name", "NAME", "of the agent (default: the host)"),
                        Option.value("--host", "NAME", "of the host (default: its own)"),
                        Option.value("--source-ports", "N", "of each address (default 16)"),
                        Option.value("--transport", "NAME", "soft (UDP, the default) or verbs (RDMA cards)"),
                        Option.value("--traffic-class", "N", "of probes through RDMA cards, 0 to 255 (default 0)"),
                        Option.value("--host-budget", "N", "probes a second at most (default 2000)"),
                        Option.value("--link-budget", "N", "probes a second at most, of each address (default 1000)"),
                        Option.flag("--trace", "see connections of services here, and probe their paths; needs root"),
                        Option.values("--library", "NAME", "that has libibverbs in it under another name"),
                        Option.value("--root", "DIR", "where the host's /sys is, in a container (default /)"),
                        Option.value("--file", "FILE", "the same in YAML; budgets are taken over when it changes"),
                        Option.value("--network-of", "PID", "probe from the network namespace of this process"),
                        Option.flag("--until-eof", "stop when the input ends"))
                .ending(
                        "0 told to stop, 69 a port is taken or services cannot be traced, 64 wrong usage",
                        "mayfly mesh agent --tor rack7 --controller 10.0.0.1:50051",
                        "mayfly mesh agent --tor rack7 --trace",
                        "mayfly mesh agent --tor rack7 --transport verbs --device mlx5_0",
                        "mayfly mesh agent --file agent.yaml");
    }

    private static Command status() {
        return of("status", "Asks a controller what is at fault now: in all that it knows, or in what is named.")
                .with(
                        Option.value("--controller", "HOST:PORT", "where it is (default 127.0.0.1:50051)"),
                        Option.value("--host", "NAME", "only what touches this host"),
                        Option.value("--card", "ADDRESS", "only what touches this card"),
                        Option.value("--from", "ADDRESS", "only what probes cross from this card"),
                        Option.value("--to", "ADDRESS", "to this one, and their answers"),
                        Option.flag("--json", "print JSON instead of lines"))
                .ending(
                        "0 nothing is at fault, 10 something is, 69 no controller or no agent is heard, 64 wrong usage",
                        "mayfly mesh status",
                        "mayfly mesh status --from 10.0.0.7 --to 10.1.0.9 --json");
    }

    private static Command demo() {
        return of(
                        "demo",
                        "Builds a fabric of network namespaces on this machine, with a controller and an agent for each"
                                + " host, breaks things in it, and shows what is found. Needs root; leaves nothing behind.")
                .with(
                        Option.value(
                                "--faults",
                                "KINDS",
                                "with commas between: drop, one-way, dead-link, corrupt, flap, card, spine, busy-host,"
                                        + " host-gone (default dead-link,drop,busy-host)"),
                        Option.value("--rounds", "N", "of these, one after the other (default 1)"),
                        Option.value("--loss", "PERCENT", "of what a lossy link loses or changes (default 60)"),
                        Option.value("--seed", "N", "picks where faults are (default 1)"),
                        Option.value("--spines", "N", "1 to 64 (default 2)"),
                        Option.value("--leaves", "N", "2 to 64 (default 3)"),
                        Option.value("--hosts", "N", "at each leaf, 1 to 64 (default 3)"),
                        Option.flag("--ipv6", "with addresses of IPv6 in place of IPv4"),
                        Option.value(
                                "--tor-mesh-rate",
                                "N",
                                "probes a second of each target at one leaf (default 10, less in a large fabric)"),
                        Option.value("--inter-tor-rate", "N", "probes a second of each other target (default 1)"),
                        Option.value("--patience", "SECONDS", "for each step (default 30)"),
                        Option.flag("--json", "print JSON, and how it goes to stderr"))
                .ending(
                        "0 all were found where they were, 20 not all, 69 not possible here, 64 wrong usage",
                        "mayfly mesh demo",
                        "mayfly mesh demo --faults corrupt,flap --spines 4 --leaves 4 --hosts 4");
    }
}
