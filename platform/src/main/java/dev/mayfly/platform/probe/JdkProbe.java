package dev.mayfly.platform.probe;

import java.util.List;

/** The Java that runs this. */
final class JdkProbe implements Probe {
    @Override
    public List<String> names() {
        return List.of("jdk");
    }

    @Override
    public boolean linuxOnly() {
        return false;
    }

    @Override
    public List<Capability> examine(Host host) {
        String evidence = Runtime.version() + " (" + System.getProperty("java.vendor", "unknown vendor") + ") at "
                + System.getProperty("java.home", "?");
        boolean whole = host.files().exists(System.getProperty("java.home", "") + "/bin/javac");
        return List.of(
                whole
                        ? Capability.active("jdk", evidence)
                        : Capability.degraded(
                                "jdk",
                                evidence + ": a runtime without a compiler, enough to run but not to build",
                                "apt-get install openjdk-25-jdk-headless   # or point JAVA_HOME to a JDK 25"));
    }
}
