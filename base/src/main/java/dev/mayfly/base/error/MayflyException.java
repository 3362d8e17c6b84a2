package dev.mayfly.base.error;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The root of every failure that leaves a room.
 *
 * <p>{@code what} says what failed on which subject, {@code why} the reason (errno name, remote status, parser
 * position), {@code fix} what the reader can do next, as text that can be pasted where possible.
 */
public class MayflyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final String what;
    private final String why;
    private final String fix;

    public MayflyException(ErrorCode code, String what, String why, String fix) {
        this(code, what, why, fix, null);
    }

    public MayflyException(ErrorCode code, String what, String why, String fix, @Nullable Throwable cause) {
        super(code.label() + ": " + what + " (" + why + ")", cause);
        this.code = Objects.requireNonNull(code, "code");
        this.what = Objects.requireNonNull(what, "what");
        this.why = Objects.requireNonNull(why, "why");
        this.fix = Objects.requireNonNull(fix, "fix");
    }

    public ErrorCode code() {
        return code;
    }

    public String what() {
        return what;
    }

    public String why() {
        return why;
    }

    public String fix() {
        return fix;
    }

    /** The shape in which every error is printed on stderr. */
    public String render() {
        return ErrorText.render(code.label(), what, why, fix);
    }
}
