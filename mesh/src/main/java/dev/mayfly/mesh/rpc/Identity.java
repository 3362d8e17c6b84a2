package dev.mayfly.mesh.rpc;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.mesh.exchange.Registration;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Who the other side is by its certificate: the host names and addresses among its subject alternative names (RFC 5280,
 * 4.2.1.6). An agent may register as one of these hosts only, and, when there are addresses, with these only.
 */
record Identity(Set<String> hosts, Set<String> addresses) {
    private static final Context.Key<Identity> KEY = Context.key("identity");
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    Identity {
        hosts = Set.copyOf(hosts);
        addresses = Set.copyOf(addresses);
    }

    /** Empty without client certificates. */
    static Optional<Identity> ofThisCall() {
        return Optional.ofNullable(KEY.get());
    }

    /** @throws MayflyException {@code CONFLICT} when it is somebody else's */
    void allow(Registration registration) {
        if (!hosts.contains(registration.host())) {
            throw refused(registration, "its certificate is of " + hosts);
        }
        registration.cards().forEach(card -> {
            if (!addresses.isEmpty() && !addresses.contains(card.address().toString())) {
                throw refused(registration, "its certificate has the addresses " + addresses);
            }
        });
    }

    private static MayflyException refused(Registration registration, String why) {
        return new MayflyException(
                ErrorCode.CONFLICT,
                "The agent " + registration.agent() + " cannot register for the host " + registration.host(),
                why,
                "give the agent a certificate with this host and its addresses as subject alternative names");
    }

    /** Reads it from the connection. */
    static final class Reader implements ServerInterceptor {
        @Override
        public <A, B> ServerCall.Listener<A> interceptCall(
                ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
            SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
            Context context = Context.current().withValue(KEY, session == null ? null : read(session));
            return Contexts.interceptCall(context, call, headers, next);
        }

        private static Identity read(SSLSession session) {
            Set<String> hosts = new HashSet<>();
            Set<String> addresses = new HashSet<>();
            try {
                Certificate[] chain = session.getPeerCertificates();
                if (chain.length > 0 && chain[0] instanceof X509Certificate own) {
                    Collection<List<?>> names = own.getSubjectAlternativeNames();
                    for (List<?> name : names == null ? List.<List<?>>of() : names) {
                        if (name.get(0) instanceof Integer type && name.get(1) instanceof String text) {
                            (type == DNS_NAME ? hosts : type == IP_ADDRESS ? addresses : new HashSet<String>())
                                    .add(text);
                        }
                    }
                }
            } catch (SSLPeerUnverifiedException | CertificateParsingException e) {
                return new Identity(Set.of(), Set.of());
            }
            return new Identity(hosts, addresses);
        }
    }
}
