/**
 * Strict readers of what a job sends to the mediator: DNS questions, TLS ClientHello, HTTP/1 requests, CONNECT and SOCKS5
 * requests, host names. Pure functions over bytes: nothing here opens, resolves or decides. Every byte is hostile, so
 * every reader has a bound, accepts one spelling, and answers anything else with a reason instead of a guess.
 */
@NullMarked
package dev.mayfly.sandbox.net.wire;

import org.jspecify.annotations.NullMarked;
