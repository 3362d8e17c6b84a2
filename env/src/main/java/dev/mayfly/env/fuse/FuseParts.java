package dev.mayfly.env.fuse;

import dev.mayfly.base.log.Log;
import dev.mayfly.env.view.View;
import java.lang.foreign.Arena;

/** What all threads of one server share, and how each makes its own of it. */
record FuseParts(View view, Nodes nodes, Sources sources, Backing backing, FuseOptions options, Log log) {
    Contents contents(boolean mayWait, Native calls, Arena arena) {
        return new Contents(view, sources, options, mayWait, calls, arena, log);
    }

    Answers answers(Contents contents) {
        return new Answers(nodes, contents, backing, options, view.count());
    }
}
