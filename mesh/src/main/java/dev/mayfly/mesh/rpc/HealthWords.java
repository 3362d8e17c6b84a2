package dev.mayfly.mesh.rpc;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.mesh.controller.Health;
import dev.mayfly.mesh.controller.HealthQuestion;
import dev.mayfly.mesh.judge.Blame;
import dev.mayfly.mesh.judge.Incident;
import dev.mayfly.proto.mesh.HealthReply;
import dev.mayfly.proto.mesh.HealthRequest;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Questions after health and their answers, as they stand on the wire. */
final class HealthWords {
    private HealthWords() {}

    static HealthRequest message(HealthQuestion question) {
        HealthRequest.Builder out = HealthRequest.newBuilder();
        switch (question) {
            case HealthQuestion.Everything _ -> {}
            case HealthQuestion.OfCard(var address) -> out.setCard(Words.address(address));
            case HealthQuestion.OfPath(var from, var to) ->
                out.setFrom(Words.address(from)).setTo(Words.address(to));
            case HealthQuestion.OfHost(String host) -> out.setHost(host);
        }
        return out.build();
    }

    /** @throws IllegalArgumentException when it asks about several things at once */
    static HealthQuestion value(HealthRequest request) {
        boolean path = !request.getFrom().isEmpty() || !request.getTo().isEmpty();
        int named = (path ? 1 : 0)
                + (request.getCard().isEmpty() ? 0 : 1)
                + (request.getHost().isEmpty() ? 0 : 1);
        if (named > 1) {
            throw new IllegalArgumentException("ask about a card, a path or a host, one at a time");
        }
        if (path) {
            return new HealthQuestion.OfPath(Words.address(request.getFrom()), Words.address(request.getTo()));
        }
        if (!request.getCard().isEmpty()) {
            return new HealthQuestion.OfCard(Words.address(request.getCard()));
        }
        return request.getHost().isEmpty()
                ? new HealthQuestion.Everything()
                : new HealthQuestion.OfHost(request.getHost());
    }

    static HealthReply message(Health health) {
        var out = HealthReply.newBuilder().setHealthy(health.healthy()).setCards(health.cards());
        health.incidents().forEach(incident -> out.addIncidents(message(incident)));
        return out.build();
    }

    private static dev.mayfly.proto.mesh.Incident message(Incident incident) {
        return dev.mayfly.proto.mesh.Incident.newBuilder()
                .setId(incident.id())
                .setComponent(incident.component())
                .setKind(incident.kind())
                .setFault(incident.fault().word())
                .setWhy(incident.why())
                .setPriority(incident.priority().number())
                .setLoss(incident.loss())
                .setSuspectedUnixMillis(incident.suspected().toEpochMilli())
                .setOpenedUnixMillis(incident.opened().toEpochMilli())
                .setClosedUnixMillis(
                        incident.closed().map(Instant::toEpochMilli).orElse(0L))
                .addAllCandidates(incident.candidates())
                .addAllServices(incident.services())
                .build();
    }

    /** Without the cards that incidents touch, which do not cross the wire. */
    static Health value(HealthReply reply) {
        return new Health(
                reply.getIncidentsList().stream().map(HealthWords::value).toList(), reply.getCards());
    }

    private static Incident value(dev.mayfly.proto.mesh.Incident incident) {
        long closed = incident.getClosedUnixMillis();
        return new Incident(
                incident.getId(),
                incident.getComponent(),
                incident.getKind(),
                known(Blame.Fault.values(), each -> each.word().equals(incident.getFault()), incident.getFault()),
                known(
                        Incident.Priority.values(),
                        each -> each.number() == incident.getPriority(),
                        "P" + incident.getPriority()),
                incident.getWhy(),
                incident.getLoss(),
                incident.getCandidatesList(),
                List.of(),
                incident.getServicesList(),
                Instant.ofEpochMilli(incident.getSuspectedUnixMillis()),
                Instant.ofEpochMilli(incident.getOpenedUnixMillis()),
                closed == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(closed)));
    }

    private static <T> T known(T[] all, Predicate<T> wanted, String said) {
        return Arrays.stream(all)
                .filter(wanted)
                .findFirst()
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.SERVICE_PROTOCOL,
                        "The controller gave an answer that is not understood",
                        "'" + said + "' is not known here",
                        "use the release of Mayfly that the controller has"));
    }
}
