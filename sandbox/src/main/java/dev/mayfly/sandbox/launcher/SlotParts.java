package dev.mayfly.sandbox.launcher;

import dev.mayfly.sandbox.box.DenialWitness;
import dev.mayfly.sandbox.box.SlotNetworks;
import dev.mayfly.sandbox.cgroup.CgroupTree;
import dev.mayfly.sandbox.image.RuntimeImage;
import dev.mayfly.sandbox.slot.SyscallFilters;
import dev.mayfly.sandbox.slot.UidRange;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * What every slot of a backend is made from.
 *
 * @param launcher the program
 * @param directory for sockets and logs of launchers, mode 0700
 * @param uids of jobs; empty when the service is not root
 * @param serial makes file names of restarted slots unique
 */
record SlotParts(
        Path launcher,
        Path directory,
        CgroupTree cgroups,
        SlotNetworks networks,
        DenialWitness witness,
        SyscallFilters filters,
        Supplier<RuntimeImage> image,
        Optional<UidRange> uids,
        AtomicLong serial) {}
