/**
 * What everything that speaks gRPC shares: certificates ({@code Tls}), the token that callers say ({@code Credentials}) and
 * servers ask for ({@code TokenGuard}), and a server that cannot listen ({@code Listening}). In: files of PEM, tokens. Out:
 * what gRPC takes. Must not know any message: those are in {@code proto}.
 */
@NullMarked
package dev.mayfly.rpc;

import org.jspecify.annotations.NullMarked;
