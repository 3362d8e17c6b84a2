package dev.mayfly.platform.objc;

import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * Objects of Objective-C, as numbers; 0 is nil. What is got without {@code alloc}, {@code new} or {@code copy} lives until
 * the work on the queue ends in which it was got; so everything is done in {@link #onQueue}.
 */
public interface ObjectiveC {
    /** 0 when there is no such class. */
    long type(String name);

    /**
     * Sends a message whose arguments and answer are objects, integers or truth values.
     *
     * @param arguments at most six
     */
    long send(long receiver, String selector, long... arguments);

    /** Whether the answer is a truth value that is true: only its lowest byte is one. */
    default boolean is(long receiver, String selector, long... arguments) {
        return (send(receiver, selector, arguments) & 0xff) != 0;
    }

    /**
     * What came of a message that can fail.
     *
     * @param error an NSError; 0 when there is none
     */
    record Sent(long answer, long error) {}

    /** Sends a message whose last argument, which is not given, is where an NSError goes. */
    Sent sendWithError(long receiver, String selector, long... arguments);

    /** An NSString. */
    long string(String text);

    /** What an NSString says; nothing of nil. */
    String text(long string);

    /** Does it on one serial queue, and waits. Whatever it throws is thrown here. */
    <T> T onQueue(Supplier<T> work);

    /** The queue itself, as objects take it. */
    long queue();

    /** A block that takes an NSError or nil, for messages that end later. It may be called on any thread. */
    long handler(LongConsumer completion);
}
