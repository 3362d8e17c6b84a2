package dev.mayfly.sandbox.bwrap;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.platform.linux.PinnedPlace;
import dev.mayfly.sandbox.box.HostBind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds the places of the host that a run was granted, so that it gets these and nothing else.
 *
 * <p>bubblewrap binds by path, and a job that may write beside a place can put a link there after it was looked at. So
 * each is opened here without following links, and held; when bubblewrap has mounted everything, a shell inside the box
 * compares device and inode of what it sees with what is held, and says so through a descriptor that the job does not
 * get. What is mounted cannot be exchanged any more, and no line of the job has run yet.
 */
final class PinnedBinds implements AutoCloseable {
    /**
     * Runs in the box: stat, the number of places, then a target and an identity for each, then the rest of the command
     * line. Without the word in descriptor 5 the run was not started.
     */
    static final String COMPARE = """
            stat=$1; n=$2; shift 2
            while [ "$n" -gt 0 ]; do
                [ "$("$stat" -c %d:%i -- "$1")" = "$2" ] || exit 126
                shift 2; n=$((n-1))
            done
            echo same >&5 && exec 5>&- "$@"
            """;

    private final List<PinnedPlace> places = new ArrayList<>();
    private final List<String> targets = new ArrayList<>();
    private final Path answer;

    private PinnedBinds(Path answer) {
        this.answer = answer;
    }

    /**
     * Opens them all.
     *
     * @param answer a file that this makes anew, for the word from the box
     * @throws MayflyException {@code SANDBOX_SETUP} when one is not any more where it was admitted
     */
    static PinnedBinds open(List<HostBind> binds, Path answer) throws IOException {
        Files.write(answer, new byte[0]);
        PinnedBinds pinned = new PinnedBinds(answer);
        for (HostBind bind : binds) {
            try {
                pinned.places.add(PinnedPlace.open(bind.host()));
                pinned.targets.add(bind.target());
            } catch (IOException e) {
                pinned.close();
                throw changed(String.valueOf(e.getMessage()));
            }
        }
        return pinned;
    }

    boolean isEmpty() {
        return places.isEmpty();
    }

    Path answer() {
        return answer;
    }

    /** The arguments that {@link #COMPARE} takes after the program. */
    List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of(Integer.toString(places.size())));
        for (int i = 0; i < places.size(); i++) {
            arguments.add(targets.get(i));
            arguments.add(places.get(i).identity());
        }
        return arguments;
    }

    /** @throws MayflyException {@code SANDBOX_SETUP} when the box did not say that it has what is held here */
    void check() throws IOException {
        if (!isEmpty() && Files.size(answer) == 0) {
            throw changed("the box did not get what was looked at: " + String.join(", ", targets));
        }
    }

    private static MayflyException changed(String why) {
        return new MayflyException(
                ErrorCode.SANDBOX_SETUP,
                "nothing was run: a place of the host that the run was granted changed while its box was made",
                why,
                "see who writes in the folder above it, and submit the request again");
    }

    @Override
    public void close() {
        places.forEach(PinnedPlace::close);
        places.clear();
    }
}
