package dev.mayfly.mesh.service;

import dev.mayfly.mesh.wire.IpAddress;

/** The address of a port as RDMA writes it, 16 bytes; of IPv4 it is the mapped form. */
public record Gid(long high, long low) {
    public static final Gid NONE = new Gid(0, 0);

    private static final long MAPPED = 0xFFFFL << 32;

    public IpAddress address() {
        boolean v4 = high == 0 && (low & 0xFFFFFFFF_00000000L) == MAPPED;
        return v4 ? IpAddress.v4((int) low) : IpAddress.v6(high, low);
    }

    public static Gid of(IpAddress address) {
        return switch (address.family()) {
            case IPV4 -> new Gid(0, MAPPED | address.low());
            case IPV6 -> new Gid(address.high(), address.low());
        };
    }

    public boolean isNone() {
        return high == 0 && low == 0;
    }
}
