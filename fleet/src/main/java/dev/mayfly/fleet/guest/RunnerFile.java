package dev.mayfly.fleet.guest;

import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonSyntaxException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * What GitHub's runner has written down when it was registered: {@code .runner} in its folder.
 *
 * @param name the runner's
 * @param repository {@code owner/name}, or the organisation that it is registered with
 * @param work the folder of its jobs, from that of the runner
 */
public record RunnerFile(String name, String repository, String work) {
    public static final String NAME = ".runner";

    private static final int LONGEST = 64 << 10;
    private static final String USUAL_WORK = "_work";

    /** .NET writes it before text. */
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    public RunnerFile {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(repository, "repository");
        Objects.requireNonNull(work, "work");
    }

    /** Empty when there is none, or none that can be understood: it may just be written, or be gone in a moment. */
    public static Optional<RunnerFile> read(Path folder) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(folder.resolve(NAME))) {
            bytes = in.readNBytes(LONGEST);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        int from = Arrays.equals(bytes, 0, Math.min(bytes.length, 3), BYTE_ORDER_MARK, 0, 3) ? 3 : 0;
        try {
            return JsonReader.read(Arrays.copyOfRange(bytes, from, bytes.length)) instanceof JsonObject object
                    ? Optional.of(of(object))
                    : Optional.empty();
        } catch (JsonSyntaxException e) {
            return Optional.empty();
        }
    }

    private static RunnerFile of(JsonObject object) {
        String url = Texts.text(object, "gitHubUrl");
        // https://github.com/owner/name, whatever the host is called.
        String[] parts = url.replaceFirst("^[a-z]+://[^/]*/?", "").split("/", -1);
        String repository = parts.length >= 2 ? parts[0] + "/" + parts[1] : parts[0];
        String work = Texts.text(object, "workFolder");
        return new RunnerFile(Texts.text(object, "agentName"), repository, work.isEmpty() ? USUAL_WORK : work);
    }
}
