package dev.mayfly.env.fake;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.EnvObject;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.repo.Encoded;

/** How a repository writes objects; lets fakes be used with any codec. */
public interface Form {
    Encoded encode(EnvObject object);

    /** @throws dev.mayfly.base.error.MayflyException when it is no object, or has not its digest */
    EnvObject decode(Encoded encoded);

    Digest digest(Tag tag);
}
