/**
 * The engine on NATS JetStream; the only package that knows the client library.
 *
 * <p>In: {@link dev.mayfly.queue.nats.NatsSettings}. Out: {@link dev.mayfly.queue.nats.NatsEngine}, the three ports and
 * the overhearing of duplicates. The state lies in the server: messages in the stream {@code RUN}, answers that were
 * announced in {@code RUN_RES}, dead letters in {@code RUN_DLQ}, the ledger in the bucket {@code RUN_LEDGER}, beats in
 * {@code RUN_WORKERS}, bodies that fit no message in the object store {@code RUN_BLOB}. {@code JETSTREAM.md} beside the
 * POM says why each is set up as it is, and what is durable.
 *
 * <p>One connection for each engine; its threads are the library's. What cannot be sent at once is never sent later
 * behind its caller's back.
 */
@NullMarked
package dev.mayfly.queue.nats;

import org.jspecify.annotations.NullMarked;
