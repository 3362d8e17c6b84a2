package dev.mayfly.sandbox.wasm;

/** The module is malformed, invalid, over a size limit, or uses a feature that is not supported. */
final class BadModuleException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadModuleException(String message) {
        super(message, null, false, false);
    }
}
