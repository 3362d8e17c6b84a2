/**
 * Connections of services that use RDMA: what a service tells its library, as values, and which connections live because of
 * that. Pure. In: events in the order in which they happened. Out: connections that began or ended. How events are had is for
 * {@code verbs}, and what is done with connections is for the agent.
 */
@NullMarked
package dev.mayfly.mesh.service;

import org.jspecify.annotations.NullMarked;
