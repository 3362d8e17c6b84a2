package dev.mayfly.sandbox.wasm;

/** Why the host ended a program. */
final class RunStop extends WasmEngine.HostStop {
    private static final long serialVersionUID = 1L;

    enum Why {
        EXIT,
        FUEL,
        WALL
    }

    private final Why why;
    private final int code;

    RunStop(Why why, int code) {
        super(why.name());
        this.why = why;
        this.code = code;
    }

    Why why() {
        return why;
    }

    int code() {
        return code;
    }
}
