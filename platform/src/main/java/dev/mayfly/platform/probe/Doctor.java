package dev.mayfly.platform.probe;

import java.util.ArrayList;
import java.util.List;

/** Asks every probe. */
public final class Doctor {
    /** In the order of the table: the ground first, then what the sandbox needs, then the other capabilities. */
    private static final List<Probe> PROBES = List.of(
            new KernelProbe(),
            new JdkProbe(),
            new ProgramProbe(),
            new NamespaceProbe(),
            new CgroupProbe(),
            new ConfinementProbe(),
            new TracingProbe(),
            new FileSystemProbe(),
            new VirtualisationProbe(),
            new RdmaProbe(),
            new ServiceProbe());

    private Doctor() {}

    public static DoctorReport examine(Host host) {
        List<Capability> capabilities = new ArrayList<>();
        for (Probe probe : PROBES) {
            capabilities.addAll(host.isLinux() || !probe.linuxOnly() ? guarded(probe, host) : elsewhere(probe, host));
        }
        return new DoctorReport(host.osName(), host.architecture(), capabilities);
    }

    /** One probe that breaks must not hide the others' answers. */
    private static List<Capability> guarded(Probe probe, Host host) {
        try {
            return probe.examine(host);
        } catch (RuntimeException e) {
            return probe.names().stream()
                    .map(name -> Capability.unavailable(
                            name,
                            "the probe itself failed: " + e,
                            "please report this, with the output of mayfly doctor"))
                    .toList();
        }
    }

    private static List<Capability> elsewhere(Probe probe, Host host) {
        return probe.names().stream()
                .map(name -> Capability.unavailable(
                        name,
                        "it is looked for on Linux only, and this machine runs " + host.osName(),
                        "run mayfly on Linux, for example in a virtual machine"))
                .toList();
    }
}
