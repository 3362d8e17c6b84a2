package dev.mayfly.sandbox.policy;

/** What happens to a command that plainly wants network while none is granted: {@code preflight.net_intent}. */
public enum NetIntentMode {
    /** Red at once, nothing is run. */
    REFUSE,
    /** It runs without network; the rules for {@code net-intent} give points. */
    SCORE,
    /** Nobody looks. */
    OFF
}
