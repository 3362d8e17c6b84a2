package dev.mayfly.env.runtime;

import dev.mayfly.env.runtime.Ending.Exited;
import dev.mayfly.env.runtime.Ending.Lost;
import dev.mayfly.env.runtime.Ending.MemoryUse;
import java.util.Optional;

/** A command that has been started in a runtime. The runtime may outlive it, and both may outlive this program. */
public final class Running {
    private final Process process;
    private final Keeper keeper;
    private final EntranceChannel channel;

    Running(Process process, Keeper keeper, EntranceChannel channel) {
        this.process = process;
        this.keeper = keeper;
        this.channel = channel;
    }

    /** For its streams and for signals, which are passed on to the command. */
    public Process process() {
        return process;
    }

    /** Of the runtime, or of the command's processes when it has joined one. */
    public Keeper keeper() {
        return keeper;
    }

    /** Waits for the command, not for what it leaves running. */
    public Ending await() throws InterruptedException {
        Optional<String> line = channel.line();
        process.waitFor();
        channel.close();
        return line.flatMap(Running::ending).orElseGet(Lost::new);
    }

    /** {@code ended STATUS BYTES LIMIT FULL} */
    private static Optional<Ending> ending(String line) {
        String[] words = line.split(" ", -1);
        if (words.length != 5 || !words[0].equals("ended")) {
            return Optional.empty();
        }
        try {
            long limit = Long.parseLong(words[3]);
            return Optional.of(new Exited(
                    Integer.parseInt(words[1]),
                    limit == 0
                            ? Optional.empty()
                            : Optional.of(new MemoryUse(Long.parseLong(words[2]), limit, words[4].equals("1")))));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
