/**
 * What is kept of runs: a ledger row for each, and the whole evidence of red ones in quarantine. Everything here is on
 * disk before the caller learns that it is; a crash leaves either the whole record or none.
 */
@NullMarked
package dev.mayfly.sandbox.record;

import org.jspecify.annotations.NullMarked;
