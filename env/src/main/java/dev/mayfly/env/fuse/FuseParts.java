package dev.mayfly.env.fuse;

import dev.mayfly.base.log.Log;
import dev.mayfly.env.view.View;

/** What all threads of one server share, and how each makes its own of it. */
record FuseParts(View view, Nodes nodes, Reading reading, Backing backing, FuseOptions options, Log log) {
    Answers answers(Reads contents) {
        return new Answers(nodes, contents, backing, options, view.count());
    }
}
