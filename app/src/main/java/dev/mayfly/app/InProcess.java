package dev.mayfly.app;

import dev.mayfly.base.local.Call;
import dev.mayfly.base.local.CallContext;
import dev.mayfly.base.local.Reply;
import dev.mayfly.base.log.Level;
import dev.mayfly.base.log.LineSink;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.program.LocalProgram;
import dev.mayfly.base.program.Surroundings;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.time.Clock;

/** The whole program inside the process of the client, for one call. */
public final class InProcess implements LocalProgram {
    @Override
    public Open open(Surroundings surroundings) {
        Settings settings = Settings.of(surroundings, Settings.Role.ONE_CALL);
        Log log = Log.to(
                new LineSink(
                        new FileOutputStream(FileDescriptor.err),
                        settings.config().get(SettingKeys.LOG_FORMAT)),
                Level.WARN,
                Clock.systemUTC());
        Wiring wiring = new Wiring(settings, log, Clock.systemUTC());
        return new Open() {
            @Override
            public Reply call(Call call, CallContext context) throws InterruptedException {
                return wiring.service().call(call, context);
            }

            @Override
            public void close() {
                wiring.close();
            }
        };
    }
}
