package dev.mayfly.fleet.service;

import dev.mayfly.fleet.server.AddAnswer;
import dev.mayfly.fleet.server.DeleteAnswer;
import dev.mayfly.fleet.server.StartTimes;
import java.time.Duration;

/** What a server tells those who count. Called by its owner's thread; must not block and must not fail. */
public interface FleetEvents {
    /** A wish was given a host, so long after it came in; the order was sent. */
    default void placed(Duration time) {}

    /** A runner was let start. */
    default void started(StartTimes times) {}

    default void added(AddAnswer answer) {}

    default void deleted(DeleteAnswer answer) {}

    /** Both hear everything. */
    static FleetEvents both(FleetEvents one, FleetEvents other) {
        return new FleetEvents() {
            @Override
            public void placed(Duration time) {
                one.placed(time);
                other.placed(time);
            }

            @Override
            public void started(StartTimes times) {
                one.started(times);
                other.started(times);
            }

            @Override
            public void added(AddAnswer answer) {
                one.added(answer);
                other.added(answer);
            }

            @Override
            public void deleted(DeleteAnswer answer) {
                one.deleted(answer);
                other.deleted(answer);
            }
        };
    }

    /** For those who do not count. */
    static FleetEvents none() {
        return new FleetEvents() {};
    }
}
