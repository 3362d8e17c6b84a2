package dev.mayfly.base.local;

/** What a frame carries. The numbers are the wire format. */
enum FrameType {
    /** Client to server: see {@link Wire}. */
    CALL(1),
    /** Server to client, any number before the reply: one line of UTF-8 text. */
    PROGRESS(2),
    /** Server to client, ends the call: u8 exit code, then the result as JSON. */
    DONE(3),
    /** Server to client, ends the call: a JSON object {@code code, what, why, fix, exit_code}. */
    FAILED(4);

    private final int number;

    FrameType(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    static FrameType of(int number) throws ProtocolException {
        return switch (number) {
            case 1 -> CALL;
            case 2 -> PROGRESS;
            case 3 -> DONE;
            case 4 -> FAILED;
            default -> throw new ProtocolException("a frame of unknown type " + number);
        };
    }
}
