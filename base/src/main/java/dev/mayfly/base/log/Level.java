package dev.mayfly.base.log;

/** From chatty to grave. */
public enum Level {
    DEBUG,
    INFO,
    WARN,
    ERROR
}
