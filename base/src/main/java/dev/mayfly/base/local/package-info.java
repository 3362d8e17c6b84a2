/**
 * The framed protocol between the thin client and the service on the same machine, over a Unix socket.
 *
 * <p>In comes a {@link dev.mayfly.base.local.Call}, out goes one {@link dev.mayfly.base.local.Reply}, with progress
 * lines between them. The same {@link dev.mayfly.base.local.LocalService} is called directly when no service runs, so
 * callers never know which one answered. The server owns the socket file and one virtual thread per connection. Nothing
 * here knows what an operation means.
 */
@NullMarked
package dev.mayfly.base.local;

import org.jspecify.annotations.NullMarked;
