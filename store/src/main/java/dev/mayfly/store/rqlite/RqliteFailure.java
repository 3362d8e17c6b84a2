package dev.mayfly.store.rqlite;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;

/** What rqlite and its nodes report, in the words of this house. They come as texts only. */
final class RqliteFailure {
    private final RqliteOptions options;

    RqliteFailure(RqliteOptions options) {
        this.options = options;
    }

    /** A constraint forbade the statement: an answer, not a failure. */
    static boolean isConstraint(String said) {
        return said.contains("constraint failed");
    }

    MayflyException ofStatement(String doing, String sql, String said) {
        if (said.contains("disk is full") || said.contains("disk I/O error") || said.contains("out of memory")) {
            return failure(ErrorCode.STATE_UNAVAILABLE, doing, said, "look after the disks of the nodes");
        }
        if (said.contains("malformed") || said.contains("not a database")) {
            return failure(
                    ErrorCode.STATE_CORRUPT,
                    doing,
                    said,
                    "restore the cluster from a backup (rqlite.io/docs/guides/backup)");
        }
        if (said.contains("timeout") || said.contains("interrupted") || said.contains("database is locked")) {
            return failure(ErrorCode.STATE_UNAVAILABLE, doing, said, "try again");
        }
        return failure(ErrorCode.INTERNAL, doing, said + " in: " + sql, "this is a bug in Mayfly: please report it");
    }

    MayflyException nobodyAnswers(String doing, String last) {
        return failure(
                ErrorCode.STATE_UNAVAILABLE,
                doing,
                "no node took it within " + options.patience().toSeconds() + " s; the last said: " + last,
                "start the nodes (rqlited), of three at least two, and correct the addresses");
    }

    MayflyException outcomeUnknown(String doing, String last) {
        return failure(
                ErrorCode.STATE_UNAVAILABLE,
                doing,
                "it was sent, and no answer says whether it was applied: " + last,
                "look at what it would have written before sending it again");
    }

    MayflyException forbidden(String doing) {
        return failure(
                ErrorCode.STATE_UNAVAILABLE,
                doing,
                "it does not accept the name and password, or they may not do this",
                "give both in the address, like http://NAME:PASSWORD@HOST:4001, with the permissions query and execute");
    }

    MayflyException notUnderstood(String doing, String why) {
        return failure(
                ErrorCode.STATE_UNAVAILABLE,
                doing,
                "the answer is none of rqlite: " + why,
                "correct the address: it must be the HTTP address of rqlite 8.36 or newer");
    }

    MayflyException failure(ErrorCode code, String doing, String why, String fix) {
        return new MayflyException(
                code, "cannot " + doing + " the state in the rqlite cluster " + options.shown(), why, fix);
    }
}
