/**
 * RDMA cards through libibverbs: which there are, and queue pairs that send datagrams (UD). In: the library, or anything
 * that answers to its symbols. Out: cards, their addresses, queues with memory that the card reads and writes, completions,
 * events. A card and all that was made of it belong to one thread at a time; whoever opens closes, queues first.
 *
 * <p>Knows bytes and numbers of the card only: neither what is sent nor when, nor what is done about an event.
 */
@NullMarked
package dev.mayfly.platform.verbs;

import org.jspecify.annotations.NullMarked;
