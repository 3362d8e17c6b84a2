package dev.mayfly.cli;

import dev.mayfly.cli.Command.Option;
import java.util.Map;

/** {@code mayfly guest}: read here, done by the whole program in this process, which stays. */
final class GuestVerb implements Verb {
    @Override
    public Command command() {
        return Command.named(
                        "mayfly guest",
                        "Is the agent inside a machine of a fleet: tells its host where it is, and answers it, over HTTP."
                                + " For machines that have no port which only their hypervisor reaches, such as macOS."
                                + " Whoever does not know the nonce of this boot is not listened to.")
                .with(
                        Option.value(
                                "--seed",
                                "FILE",
                                "the disk that says who this machine is (default: the first disk in /dev that does)"),
                        Option.value("--listen", "HOST:PORT", "where it answers (default 0.0.0.0:8080)"),
                        Option.value("--agent", "HOST:PORT", "where its host listens (default: as the seed says)"),
                        Option.value("--runner", "FOLDER", "of GitHub's runner (default /opt/actions-runner)"),
                        Option.value(
                                "--hook",
                                "FILE",
                                "lets the key in MAYFLY_KEY in, starts the SSH server, and prints the public host key"))
                .ending(
                        "0 told to stop, 64 wrong usage, 69 there is no seed or the address is taken, 4 internal error",
                        "mayfly guest --hook /usr/local/sbin/mayfly-hook",
                        "mayfly guest --seed seed.img --listen 127.0.0.1:8080 --agent 127.0.0.1:8081");
    }

    @Override
    public int run(Words words, Session session) throws InterruptedException {
        return session.runHere("guest", Map.of(), HandedOn.of("mayfly", words));
    }
}
