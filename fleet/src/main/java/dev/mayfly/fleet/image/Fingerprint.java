package dev.mayfly.fleet.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * What a look at files can tell without reading them. When it is as it was, so are they: whoever writes to a file moves the
 * time of its last change, which no program can set back (inode(7), ctime).
 */
public record Fingerprint(List<String> files) {
    public Fingerprint {
        files = List.copyOf(files);
    }

    public static Fingerprint of(Collection<Path> paths) throws IOException {
        List<String> files = new ArrayList<>();
        for (Path path : paths) {
            Map<String, Object> seen = Files.readAttributes(path, "unix:dev,ino,size,lastModifiedTime,ctime");
            files.add(path + " " + seen.get("dev") + " " + seen.get("ino") + " " + seen.get("size") + " "
                    + seen.get("lastModifiedTime") + " " + seen.get("ctime"));
        }
        return new Fingerprint(files);
    }
}
