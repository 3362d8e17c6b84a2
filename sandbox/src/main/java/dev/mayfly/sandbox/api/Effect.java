package dev.mayfly.sandbox.api;

/** Whether a job may be run a second time after its worker died: pure jobs leave no trace outside their box. */
public enum Effect {
    PURE,
    EFFECTFUL
}
