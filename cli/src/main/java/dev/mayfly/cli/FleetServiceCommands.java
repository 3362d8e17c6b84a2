package dev.mayfly.cli;

import dev.mayfly.cli.Command.Option;

/** The commands of {@code mayfly fleet} that stay: server, agent, and the plugin for myshoes. */
final class FleetServiceCommands {
    private FleetServiceCommands() {}

    static Command server() {
        return FleetCommands.of(
                        "server",
                        "Decides which runner is on which host, and answers to agents, people and myshoes. It prints one"
                                + " line when it is ready. Killed, it loses nothing: the next one goes on.")
                .with(
                        Option.value("--listen", "HOST:PORT", "where (MAYFLY_FLEET_LISTEN, default 127.0.0.1:7747)"),
                        Option.value(
                                "--metrics",
                                "HOST:PORT",
                                "where /metrics and /healthz are, or off (MAYFLY_FLEET_METRICS_LISTEN, default"
                                        + " 127.0.0.1:9474)"),
                        Option.flag("--open", "ask nobody for a token; on loopback only"),
                        Option.flag(
                                "--plaintext",
                                "without TLS although others can reach the address, and read the tokens"))
                .ending(
                        "0 told to stop and stopped in order, 64 wrong usage or configuration, 69 the address is taken,"
                                + " 4 another server has taken over, or internal error",
                        "mayfly fleet server",
                        "MAYFLY_FLEET_TLS_CERT=c.pem MAYFLY_FLEET_TLS_KEY=k.pem mayfly fleet server --listen"
                                + " 0.0.0.0:7747");
    }

    static Command agent() {
        return FleetCommands.of(
                        "agent",
                        "Makes and destroys machines on this host as the server says. On SIGTERM it takes nothing new,"
                                + " waits a while for what works, and goes; machines that still work live on, and the"
                                + " next agent goes on with them.")
                .with(
                        Option.value(
                                "--server",
                                "HOST:PORT",
                                "the server of the fleet (MAYFLY_FLEET_SERVER, default 127.0.0.1:7747)"),
                        Option.value("--name", "NAME", "what this host is called (default its host name)"),
                        Option.value(
                                "--template",
                                "NAME",
                                "what machines are cloned from: a name below fleet/templates of the home, or a folder"
                                        + " (MAYFLY_FLEET_TEMPLATE)"),
                        Option.value(
                                "--backend",
                                "NAME",
                                "what makes machines: qemu (default), slot for hosts without virtualisation, vz for macOS on a"
                                        + " Mac, fake for tests"),
                        Option.value(
                                "--network",
                                "LIST",
                                "what runners reach: auto, none, or internet and IPv4 networks, separated by commas"
                                        + " (MAYFLY_FLEET_NETWORK, default auto: internet where it can be had)"),
                        Option.value(
                                "--env",
                                "FOLDER",
                                "an environment that every machine sees at /env, as mayfly env disks lays it out"),
                        Option.value(
                                "--announce",
                                "HOST:PORT",
                                "for vz: where guests say where they are (default 0.0.0.0:8081)"),
                        Option.value(
                                "--guests-see",
                                "ADDRESS",
                                "for vz: this host as its guests see it (default 192.168.64.1)"),
                        Option.value(
                                "--max-runners", "N", "how many machines it holds (default: one per processor; vz 2)"),
                        Option.value("--boots", "N", "how many machines boot at once (default: one per processor)"),
                        Option.values(
                                "--standing",
                                "SIZE=N",
                                "how many machines stand ready, for example small=2; 0 only saves one to restore from"),
                        Option.values("--label", "LABEL", "what jobs may ask for; the host's own are added to it"),
                        Option.value("--fake-times", "A,B,C", "for tests: how long fake machines clone, boot and work"),
                        Option.value("--grace", "TIME", "how long SIGTERM waits for what works (default 30s)"))
                .ending(
                        "0 told to stop and stopped in order, 64 wrong usage or configuration, 69 this host cannot make"
                                + " machines or another agent has this home, 4 internal error",
                        "mayfly fleet agent --template debian",
                        "mayfly fleet agent --network internet,10.20.0.0/16",
                        "mayfly fleet agent --server fleet.example.org:7747 --label gpu --max-runners 8");
    }

    static Command hold() {
        return FleetCommands.of(
                        "hold",
                        "Has one machine of macOS, and ends with it. Agents with --backend vz start it; its machine lives on"
                                + " when they end.")
                .withArgument("BUNDLE", "the folder of the machine")
                .ending(
                        "0 the machine has ended, 69 this is no Mac, 4 it was not made or internal error",
                        "mayfly fleet hold /path/of/a.bundle");
    }

    static Command plugin() {
        return FleetCommands.of(
                        "plugin",
                        "Is a shoes-provider plugin of myshoes, which starts it for each call; asks the server. With"
                                + " --write it makes the file that myshoes is to be given as PLUGIN.")
                .with(
                        Option.value(
                                "--server",
                                "HOST:PORT",
                                "the server of the fleet (MAYFLY_FLEET_SERVER, SHOESVZ_SERVER_ADDR, default"
                                        + " 127.0.0.1:7747)"),
                        Option.value("--write", "FILE", "make a plugin file that starts this program, and end"))
                .ending(
                        "0 the host is done with it or the file is written, 64 wrong usage, 4 internal error",
                        "mayfly fleet plugin --write /usr/local/lib/shoes-mayfly",
                        "PLUGIN=/usr/local/lib/shoes-mayfly SHOESVZ_SERVER_ADDR=127.0.0.1:7747 myshoes-server");
    }
}
