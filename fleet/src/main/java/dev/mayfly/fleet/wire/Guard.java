package dev.mayfly.fleet.wire;

import dev.mayfly.base.secret.Token;
import dev.mayfly.rpc.Authorization;
import dev.mayfly.rpc.TokenGuard;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Lets in only who knows a token. That of agents opens nothing but what agents need: a host that was taken over cannot add,
 * delete or look into runners of others.
 */
public final class Guard implements ServerInterceptor {
    private static final Set<String> FOR_AGENTS = Set.of("shoes.vz.agent.v1.AgentService", "mayfly.fleet.v1.Answers");

    private final Token people;
    private final Token agents;

    public Guard(Token people, Token agents) {
        this.people = Objects.requireNonNull(people, "people");
        this.agents = Objects.requireNonNull(agents, "agents");
    }

    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
            ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
        Optional<String> said = Authorization.of(headers);
        String service = Objects.requireNonNullElse(call.getMethodDescriptor().getServiceName(), "");
        // Both are compared whatever the first says, so that the time tells nothing.
        boolean person = people.fits(said);
        boolean agent = agents.fits(said) && FOR_AGENTS.contains(service);
        return person || agent ? next.startCall(call, headers) : TokenGuard.refuse(call, said);
    }
}
