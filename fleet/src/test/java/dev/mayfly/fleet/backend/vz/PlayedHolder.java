package dev.mayfly.fleet.backend.vz;

import dev.mayfly.base.log.Log;
import java.nio.file.Path;

/** A holder as the program starts it, with a framework that is played. */
final class PlayedHolder {
    private PlayedHolder() {}

    public static void main(String[] arguments) throws InterruptedException {
        boolean was =
                VzHolder.serve(Path.of(arguments[0]), new PlayedFramework(PlayedGuest::boot), System.out, Log.off());
        System.exit(was ? 0 : 1);
    }
}
