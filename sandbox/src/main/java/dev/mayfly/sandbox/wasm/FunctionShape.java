package dev.mayfly.sandbox.wasm;

import java.util.List;

/** A function type; value types are their binary codes ({@code 0x7f} i32, {@code 0x7e} i64, ...). */
record FunctionShape(List<Integer> params, List<Integer> results) {
    static final int I32 = 0x7f;
    static final int I64 = 0x7e;
    static final int F32 = 0x7d;
    static final int F64 = 0x7c;
    static final int FUNCREF = 0x70;
    static final int EXTERNREF = 0x6f;

    FunctionShape {
        params = List.copyOf(params);
        results = List.copyOf(results);
    }
}
