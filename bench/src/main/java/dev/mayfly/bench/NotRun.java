package dev.mayfly.bench;

/** A part of the benchmark that this machine cannot run. */
record NotRun(String name, String why) {}
