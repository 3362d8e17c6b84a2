/**
 * What every engine of the queue must do. A test of an engine extends {@link
 * dev.mayfly.queue.contract.WorkQueueContract}, {@link dev.mayfly.queue.contract.JobLedgerContract} and {@link
 * dev.mayfly.queue.contract.AnswersContract}, and says where its state is.
 */
package dev.mayfly.queue.contract;
