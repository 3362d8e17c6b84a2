package dev.mayfly.app.env;

import dev.mayfly.app.SettingKeys;
import dev.mayfly.app.Settings;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.Tags;
import dev.mayfly.env.repo.fs.FsRepository;
import dev.mayfly.env.repo.fs.Opening;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Namespaces of tags: who uses one sees its tags only; what they name is in the same repository. */
final class Namespaces {
    private Namespaces() {}

    /** @throws MayflyException {@code USAGE} for what cannot be one */
    static String checked(String typed) {
        try {
            return TagName.parse(typed).toString();
        } catch (IllegalArgumentException e) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "'" + typed + "' is no namespace of tags",
                    "names are letters, digits, '-', '_' and '.', with '/' between",
                    "for example: --tag-namespace team/alpha",
                    e);
        }
    }

    /** Nothing chooses those without a namespace. */
    static Optional<String> chosen(String typed) {
        return typed.isEmpty() ? Optional.empty() : Optional.of(checked(typed));
    }

    static Optional<String> configured(Settings settings) {
        return settings.config().find(SettingKeys.ENV_TAG_NAMESPACE).flatMap(Namespaces::chosen);
    }

    static Opening opening(Optional<String> namespace) {
        return namespace.map(Opening.usual()::in).orElse(Opening.usual());
    }

    /** The tags of each, and of none. */
    static List<Tags> all(FsRepository repository) {
        List<Tags> all = new ArrayList<>(List.of(repository.tags(Optional.empty())));
        repository.namespaces().forEach(each -> all.add(repository.tags(Optional.of(each))));
        return all;
    }
}
