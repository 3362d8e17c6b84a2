package dev.mayfly.env.service;

import java.time.Duration;

/** @param healthy false while the service is ending */
public record Health(boolean healthy, String version, Duration uptime) {}
