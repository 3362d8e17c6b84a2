package dev.mayfly.store.sqlite;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What SQLite reports, in the words of this house (https://sqlite.org/rescode.html). */
final class SqliteFailure {
    private SqliteFailure() {}

    /** The primary result code: extended codes keep it in their low byte. */
    static SQLiteErrorCode primary(SQLException e) {
        if (e instanceof SQLiteException sqlite) {
            return SQLiteErrorCode.getErrorCode(sqlite.getResultCode().code & 0xff);
        }
        return SQLiteErrorCode.UNKNOWN_ERROR;
    }

    /** A constraint forbade the statement: an answer, not a failure. */
    static boolean isConstraint(SQLException e) {
        return primary(e) == SQLiteErrorCode.SQLITE_CONSTRAINT;
    }

    /** The statement is wrong or its values are, whatever else happens in the transaction. */
    static boolean isOfStatement(SQLException e) {
        return switch (primary(e)) {
            case SQLITE_ERROR, SQLITE_MISMATCH, SQLITE_RANGE, SQLITE_TOOBIG, SQLITE_AUTH, UNKNOWN_ERROR -> true;
            default -> false;
        };
    }

    static MayflyException of(Path file, String doing, SQLException e) {
        return switch (primary(e)) {
            case SQLITE_FULL ->
                failure(
                        ErrorCode.STATE_UNAVAILABLE,
                        file,
                        doing,
                        "there is no room: the disk is full or the file has reached its limit",
                        "free space on the disk of " + file.getParent() + ", or raise the limit",
                        e);
            case SQLITE_CORRUPT, SQLITE_NOTADB ->
                failure(
                        ErrorCode.STATE_CORRUPT,
                        file,
                        doing,
                        "the file is damaged or is no SQLite file: " + e.getMessage(),
                        "stop Mayfly, move the file and its -wal and -shm aside, and restore a copy or start anew",
                        e);
            case SQLITE_BUSY, SQLITE_LOCKED ->
                failure(
                        ErrorCode.STATE_UNAVAILABLE,
                        file,
                        doing,
                        "another process holds the file locked for too long",
                        "find it with: fuser -v " + file,
                        e);
            case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM ->
                failure(
                        ErrorCode.STATE_UNAVAILABLE,
                        file,
                        doing,
                        "the file or its directory cannot be written: " + e.getMessage(),
                        "make " + file.getParent() + " writable for this user, or choose another --home",
                        e);
            case SQLITE_IOERR, SQLITE_NOLFS, SQLITE_PROTOCOL, SQLITE_NOMEM ->
                failure(
                        ErrorCode.STATE_UNAVAILABLE,
                        file,
                        doing,
                        "reading or writing failed: " + e.getMessage(),
                        "check the disk (dmesg) and its free space",
                        e);
            default ->
                failure(
                        ErrorCode.INTERNAL,
                        file,
                        doing,
                        String.valueOf(e.getMessage()),
                        "this is a bug in Mayfly: please report it",
                        e);
        };
    }

    private static MayflyException failure(
            ErrorCode code, Path file, String doing, String why, String fix, SQLException cause) {
        return new MayflyException(code, "cannot " + doing + " the state in " + file, why, fix, cause);
    }
}
