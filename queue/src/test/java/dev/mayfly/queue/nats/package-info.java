/** The engine on a real nats-server, which is killed, paused and set up in odd ways. */
package dev.mayfly.queue.nats;
