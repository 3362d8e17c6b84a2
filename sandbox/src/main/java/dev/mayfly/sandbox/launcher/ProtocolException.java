package dev.mayfly.sandbox.launcher;

/** A frame that is not what the protocol says: the two sides are not of the same version, or one is broken. */
final class ProtocolException extends Exception {
    private static final long serialVersionUID = 1L;

    ProtocolException(String message) {
        super(message);
    }
}
