package dev.mayfly.app.metrics;

import dev.mayfly.base.fs.DurableFile;
import dev.mayfly.base.log.Log;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A file that is replaced whole now and then. When that fails it is said once for each cause, and once when it works
 * again. For one thread at a time.
 */
final class ReportFile {
    private final Path file;
    private final Log log;
    private String trouble = "";

    ReportFile(Path file, Log log) {
        this.file = file.toAbsolutePath();
        this.log = log;
    }

    /** @return false when it could not be written */
    boolean replace(String content) {
        try {
            DurableFile.replace(file, content.getBytes(StandardCharsets.UTF_8));
        } catch (IOException | IllegalArgumentException e) {
            tell(cause(e));
            return false;
        }
        if (!trouble.isEmpty()) {
            log.info().with("file", file.toString()).log("the metrics are written again");
            trouble = "";
        }
        return true;
    }

    private void tell(String cause) {
        if (!cause.equals(trouble)) {
            log.warn().with("file", file.toString()).with("why", cause).log("the metrics were not written");
            trouble = cause;
        }
    }

    /** Without names of files: that of the temporary differs each time. */
    private static String cause(Exception e) {
        String kind = e.getClass().getSimpleName();
        if (e instanceof FileSystemException named) {
            return named.getReason() == null ? kind : kind + ": " + named.getReason();
        }
        return kind + ": " + Objects.toString(e.getMessage(), "");
    }
}
