package dev.mayfly.mesh.doctor;

import dev.mayfly.mesh.service.Gid;
import dev.mayfly.mesh.service.Gids;
import dev.mayfly.mesh.wire.IpAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/** Addresses of cards as {@code /sys/class/infiniband} shows them. */
public record HostGids(HostFiles files) implements Gids {
    /** Names come from processes that may call anything a card. */
    private static final Pattern DEVICE = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]{0,62}");

    @Override
    public Optional<Gid> find(String device, int port, int index) {
        if (!DEVICE.matcher(device).matches()) {
            return Optional.empty();
        }
        String folder = "sys/class/infiniband/" + device + "/ports/" + port;
        boolean version2 = files.text(folder + "/gid_attrs/types/" + index)
                .filter("RoCE v2"::equals)
                .isPresent();
        return version2
                ? files.text(folder + "/gids/" + index).flatMap(HostGids::parse).filter(gid -> !gid.isNone())
                : Optional.empty();
    }

    /** Not by {@link IpAddress#parse}, which would make an IPv4 address of one that is mapped. */
    private static Optional<Gid> parse(String text) {
        String hex = text.replace(":", "");
        try {
            return hex.length() == 32
                    ? Optional.of(
                            new Gid(Long.parseUnsignedLong(hex, 0, 16, 16), Long.parseUnsignedLong(hex, 16, 32, 16)))
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
