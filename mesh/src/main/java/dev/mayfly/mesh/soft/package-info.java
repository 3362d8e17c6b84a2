/**
 * RoCEv2 without a card: frames over UDP sockets, on any machine. {@link dev.mayfly.mesh.soft.KernelTransport} has the
 * kernel of Linux stamp what leaves and arrives, {@link dev.mayfly.mesh.soft.PlainTransport} needs nothing but the JDK;
 * {@link dev.mayfly.mesh.soft.Soft} chooses and says why.
 *
 * <p>One socket receives on port 4791. Each source port has a socket of its own, because the port picks the path. None is
 * ever connected: a connected socket of Linux sends an identification that the checksum does not have.
 */
@NullMarked
package dev.mayfly.mesh.soft;

import org.jspecify.annotations.NullMarked;
