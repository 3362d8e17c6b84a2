package dev.mayfly.base.local;

import java.io.IOException;

/** The peer sent something that is not our protocol. */
final class ProtocolException extends IOException {
    private static final long serialVersionUID = 1L;

    ProtocolException(String problem) {
        super(problem);
    }
}
