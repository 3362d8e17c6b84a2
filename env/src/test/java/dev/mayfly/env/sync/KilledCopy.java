package dev.mayfly.env.sync;

import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.fs.FsRepository;
import java.nio.file.Path;
import java.util.List;

/** A process of its own that copies one folder to another and says a byte for each payload, so that it can be killed. */
final class KilledCopy {
    private KilledCopy() {}

    public static void main(String[] args) {
        try (FsRepository from = FsRepository.open(Path.of(args[0]));
                FsRepository to = FsRepository.open(Path.of(args[1]))) {
            CopyListener listener = _ -> {
                System.out.write('.');
                System.out.flush();
            };
            new Copier(new CopyOptions(2, 2, CopyOptions.Existing.TRUST), listener)
                    .copy(from, to, List.of(Wanted.history(TagName.parse("graph/a"))));
        }
    }
}
