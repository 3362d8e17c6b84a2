package dev.mayfly.cli;

import dev.mayfly.cli.Command.Option;
import java.util.List;
import java.util.stream.Stream;

/** The commands of {@code mayfly mesh}, with their options and examples. */
final class MeshCommands {
    private static final Option JSON = Option.flag("--json", "print JSON instead of a table");

    private static final Option FROM =
            Option.value("--from", "ADDRESS", "send from this address of this host (default: that of the way there)");
    private static final Option SOURCE_PORT =
            Option.value("--source-port", "PORT", "the first source port (default 49152)");
    private static final Option QUEUE_PAIR =
            Option.value("--queue-pair", "N", "that answers (default 0x4d46, which is that of mayfly mesh respond)");
    private static final Option QUEUE_KEY = Option.value("--queue-key", "N", "its key (default 0x11111111)");

    private static final Option TRANSPORT =
            Option.value("--transport", "NAME", "soft (over UDP, the default) or verbs (through an RDMA card)");

    /** What {@code sim} and {@code eval} play. */
    private static final List<Option> PLAN = List.of(
            Option.value("--fabric", "NAME", "two or three tiers, or rails: eight cards to a host (default three)"),
            Option.value("--size", "CARDS", "about so many, 64 to 64k (default 1k)"),
            Option.value("--seconds", "N", "that a seed lasts (default 60 in sim, 120 in eval)"),
            Option.value("--window", "N", "seconds looked at in one piece (default 20)"),
            Option.value("--carry", "N", "earlier windows that are kept to see what loses little (default 5)"),
            Option.value("--faults", "KINDS", "with commas between, for example link-dead,card-down (default most)"),
            Option.value(
                    "--concurrent", "N", "faults at once, 0 to 4 (default: two of three seeds one, else up to four)"));

    private MeshCommands() {}

    static Command all() {
        return Command.named(
                        "mayfly mesh", "Probes the network between hosts as RDMA traffic, and finds what is at fault.")
                .withSubcommands(subcommands().toArray(Command[]::new))
                .ending("0 done, 69 not there, 4 internal error, 64 wrong usage", "mayfly mesh doctor");
    }

    private static List<Command> subcommands() {
        return Stream.concat(
                        Stream.of(ping(), trace(), respond(), watch(), doctor(), sim(), eval()),
                        MeshNetCommands.all().stream())
                .toList();
    }

    private static Command of(String path, String description) {
        return Command.named("mayfly mesh " + path, description);
    }

    private static Command ping() {
        return of(
                        "ping",
                        "Probes a host as RDMA traffic, and tells the network's part of the time from those of both"
                                + " hosts. The other host runs mayfly mesh respond.")
                .withArgument("HOST", "a name or an address")
                .with(
                        new Option(List.of("-c", "--count"), "N", "stop after so many (default: until Ctrl-C)"),
                        new Option(
                                List.of("-i", "--interval"), "SECONDS", "between probes, at least 0.001 (default 1)"),
                        Option.value(
                                "--paths", "N", "send from so many source ports in turn, each its own way (default 1)"),
                        SOURCE_PORT,
                        FROM,
                        QUEUE_PAIR,
                        QUEUE_KEY,
                        TRANSPORT,
                        Option.flag("--plain", "do without the kernel's stamps"),
                        Option.flag("--json", "print an object of JSON for each probe, and one for all"))
                .ending(
                        "0 answered, 69 not answered or not there, 64 wrong usage",
                        "mayfly mesh ping 10.0.0.7",
                        "mayfly mesh ping -c 1000 -i 0.01 --paths 16 node7");
    }

    private static Command trace() {
        return of(
                        "trace",
                        "Shows the ways that probes to a host take, for each source port: the routers in order, as"
                                + " they tell it themselves. No privilege is needed.")
                .withArgument("HOST", "a name or an address")
                .with(
                        Option.value("--ports", "N", "how many source ports (default 8)"),
                        Option.value("--max-hops", "N", "give up after so many routers (default 16)"),
                        SOURCE_PORT,
                        FROM,
                        QUEUE_PAIR,
                        QUEUE_KEY,
                        JSON)
                .ending(
                        "0 the host was reached, 69 it was not, 64 wrong usage",
                        "mayfly mesh trace 10.0.0.7",
                        "mayfly mesh trace --ports 64 --json node7");
    }

    private static Command respond() {
        return of(
                        "respond",
                        "Answers probes until Ctrl-C: of hosts in its own network, or of those that are named, 2,000 a"
                                + " second of each.")
                .with(
                        Option.value("--address", "ADDRESS", "of this host; needed when it has several"),
                        Option.values("--peer", "NETWORK", "answer this address or network, for example 10.1.0.0/16"),
                        TRANSPORT,
                        QUEUE_PAIR,
                        QUEUE_KEY,
                        Option.flag("--json", "print objects of JSON instead of lines"))
                .ending(
                        "0 told to stop, 69 the port is taken, 64 wrong usage",
                        "mayfly mesh respond",
                        "mayfly mesh respond --address 10.1.0.9 --peer 10.2.0.0/16");
    }

    private static Command watch() {
        return of(
                        "watch",
                        "Shows the RDMA connections of services on this host as they begin and end, until Ctrl-C, by probes of"
                                + " the kernel on libibverbs. Those that were there before are not seen. Needs root.")
                .with(
                        new Option(List.of("-c", "--count"), "N", "stop after so many lines (default: until Ctrl-C)"),
                        Option.values(
                                "--library",
                                "NAME",
                                "a file that has libibverbs in it under another name, such as a program"),
                        Option.value("--root", "DIR", "where the host's /sys is, in a container (default /)"),
                        Option.flag("--json", "print objects of JSON instead of lines"))
                .ending(
                        "0 told to stop, 69 services cannot be traced here, 64 wrong usage",
                        "mayfly mesh watch",
                        "mayfly mesh watch --json | jq -c 'select(.change == \"begins\") | [.from, .to, .source_port]'");
    }

    private static Command sim() {
        return of(
                        "sim",
                        "Plays one seed of a simulated fabric: says what is broken, and second by second what the probes"
                                + " show.")
                .with(Option.value("--seed", "N", "which one; the same seed plays the same again (default 0)"))
                .with(PLAN.toArray(Option[]::new))
                .with(JSON)
                .ending(
                        "0 played, 64 wrong usage",
                        "mayfly mesh sim --seed 5",
                        "mayfly mesh sim --faults switch-tenth --size 10k");
    }

    private static Command eval() {
        return of(
                        "eval",
                        "Plays many seeds and says how many faults were found and how much was blamed wrongly, beside"
                                + " published rules that saw the same probes.")
                .with(
                        Option.value("--seeds", "N", "how many (default 54, three of each kind)"),
                        Option.value("--first-seed", "N", "with which to begin (default 0)"))
                .with(PLAN.toArray(Option[]::new))
                .with(
                        Option.flag("--ours-only", "without the published rules, which take most of the time"),
                        Option.value("--threads", "N", "seeds played at once (default: one per processor)"),
                        Option.value("--html", "FILE", "also write a page with plots"),
                        JSON)
                .ending(
                        "0 played, also when faults were missed; 64 wrong usage",
                        "mayfly mesh eval",
                        "mayfly mesh eval --seeds 1000 --size 10k --html report.html");
    }

    private static Command doctor() {
        return of(
                        "doctor",
                        "Says what this host has for probing: cards, addresses, stamps, port, limits; and how to fix the rest.")
                .with(JSON)
                .ending(
                        "0 probes can be sent from here, 69 they cannot, 4 internal error",
                        "mayfly mesh doctor",
                        "mayfly mesh doctor --json");
    }
}
