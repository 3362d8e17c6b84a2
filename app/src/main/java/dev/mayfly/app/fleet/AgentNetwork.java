package dev.mayfly.app.fleet;

import dev.mayfly.app.SettingKeys;
import dev.mayfly.base.config.Config;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.fleet.backend.slot.SlotBinary;
import dev.mayfly.fleet.network.NetworkPolicy;
import dev.mayfly.fleet.network.Resolver;
import dev.mayfly.fleet.network.WayOut;
import dev.mayfly.platform.LauncherBinary;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What runners of this host reach: as it was asked for, else as this host can have it. */
final class AgentNetwork {
    private static final String FIX =
            "start the agent as root on Linux 5.9 or newer (see net-mediation in: mayfly doctor), or let runners reach"
                    + " nothing: --network none";

    private AgentNetwork() {}

    /** @throws MayflyException {@code MACHINES_UNAVAILABLE} when it was asked for and cannot be had */
    static Optional<WayOut> of(FleetWords words, FleetSession session) {
        Config config = session.settings().config();
        Optional<NetworkPolicy> asked =
                words.text("--network").map(AgentNetwork::typed).orElseGet(() -> config.get(SettingKeys.FLEET_NETWORK));
        NetworkPolicy policy = asked.orElse(NetworkPolicy.INTERNET);
        if (policy.isNone()) {
            return Optional.empty();
        }
        Resolver resolver = config.find(SettingKeys.FLEET_RESOLVER).orElseGet(Resolver::ofHost);
        return switch (SlotBinary.locate()) {
            case LauncherBinary.Found(Path program, String _) -> {
                Optional<String> missing = WayOut.missing(program);
                if (missing.isPresent()) {
                    yield none(asked, session, missing.get(), FIX);
                }
                if (resolver.current().isEmpty()) {
                    session.voice()
                            .progress("runners find no names: /etc/resolv.conf has no IPv4 name server; name one with"
                                    + " MAYFLY_FLEET_RESOLVER");
                }
                session.voice().progress("runners reach " + policy + "; see fleet.network");
                List<String> server = List.of(session.addressForAgent(words).host());
                yield Optional.of(new WayOut(program, policy, resolver, server, Optional.empty()));
            }
            case LauncherBinary.Missing(String why, String fix) -> none(asked, session, why, fix);
        };
    }

    private static Optional<NetworkPolicy> typed(String text) {
        try {
            return NetworkPolicy.wish(List.of(text));
        } catch (IllegalArgumentException e) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "--network cannot be '" + text + "'",
                    "it " + e.getMessage(),
                    "mayfly fleet agent --network internet,10.20.0.0/16");
        }
    }

    private static Optional<WayOut> none(Optional<NetworkPolicy> asked, FleetSession session, String why, String fix) {
        if (asked.isPresent()) {
            throw new MayflyException(
                    ErrorCode.MACHINES_UNAVAILABLE,
                    "runners of this host cannot have the network " + asked.get(),
                    why,
                    fix);
        }
        session.voice().progress("runners have no network: " + why + " (" + fix + ")");
        return Optional.empty();
    }
}
