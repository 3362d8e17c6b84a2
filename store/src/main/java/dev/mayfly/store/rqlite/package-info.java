/**
 * The {@link dev.mayfly.store.Sql} port on a cluster of rqlite nodes (SQLite replicated by Raft), for state that several
 * machines share and that survives the loss of one.
 *
 * <p>Spoken over rqlite's HTTP API (version 8.36 or newer, for linearizable reads). A batch is one request and one entry of
 * the Raft log: applied whole or not at all, on the disks of a majority when the call returns, so batches that need no
 * sync get one all the same. Any node may be asked; nodes that cannot be reached or know no leader are passed over.
 *
 * <p>What is not here: a batch whose answer was lost on the way back is not sent again. It may have been applied, and the
 * failure says so; whoever needs to know reads what it would have written, as with every other adapter. Times and random
 * numbers are made by callers, never in SQL: rqlite would rewrite them.
 */
@NullMarked
package dev.mayfly.store.rqlite;

import org.jspecify.annotations.NullMarked;
