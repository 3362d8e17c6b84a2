/**
 * The {@link dev.mayfly.store.Sql} port on one SQLite file, for everything that fits on one machine.
 *
 * <p>One platform thread owns the only writing connection; batches that wait together share one transaction and so one
 * fsync (group commit), each inside a savepoint of its own. A few read-only connections answer queries meanwhile (WAL).
 * Several processes may open the same file. The native library comes from {@code org.sqlite.lib.path} when it is set,
 * else the driver unpacks its own.
 */
@NullMarked
package dev.mayfly.store.sqlite;

import org.jspecify.annotations.NullMarked;
