package dev.mayfly.app.mesh;

import dev.mayfly.app.HandedWords;
import dev.mayfly.app.SettingKeys;
import dev.mayfly.app.SharedState;
import dev.mayfly.app.Shutdown;
import dev.mayfly.app.metrics.Listen;
import dev.mayfly.app.metrics.MeshMetrics;
import dev.mayfly.base.config.Config;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.secret.Token;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.control.PinglistOptions;
import dev.mayfly.mesh.control.Registry;
import dev.mayfly.mesh.controller.Controller;
import dev.mayfly.mesh.controller.ControllerOptions;
import dev.mayfly.mesh.exchange.Pace;
import dev.mayfly.mesh.judge.JudgeOptions;
import dev.mayfly.mesh.otlp.Collector;
import dev.mayfly.mesh.otlp.MetricPush;
import dev.mayfly.mesh.rpc.ControllerServer;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.store.Sql;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** {@code mayfly mesh controller}: until it is told to stop. */
final class ControllerOperations {
    private static final int HIGHEST_PORT = 65_535;

    private ControllerOperations() {}

    static int run(HandedWords words, MeshSession session) {
        InetSocketAddress at = MeshAddress.parse(words.text("--listen").orElse(MeshAddress.USUAL))
                .resolved();
        MeshSecrets secrets = MeshSecrets.ofController(session.settings().config());
        if (!secrets.closed() && !at.getAddress().isLoopbackAddress() && !words.on("--open")) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "everybody who reaches " + at + " could register and report",
                    "no token is configured, nor who signs certificates of agents, and the address is not only this"
                            + " machine's",
                    "set mesh.token (MAYFLY_MESH_TOKEN) here and for agents, or say --open");
        }
        SettingKeys.MESH_TLS.requireSecret(
                at, secrets.tls(), words.on("--plaintext") || words.on("--open"), "tokens and reports");
        Config config = session.settings().config();
        Optional<Collector> collector = config.find(SettingKeys.MESH_OTLP)
                .map(text -> Collector.parse(
                        text,
                        config.find(SettingKeys.MESH_OTLP_CA),
                        config.find(SettingKeys.MESH_OTLP_TOKEN).map(Token::new)));
        Log log = session.settings().serviceLog().named("mesh");
        Path file = session.settings().home().resolve("mesh.db");
        try (Sql store = SharedState.open(session.settings(), file, Registry.SCHEMA, Clock.systemUTC(), log);
                Controller controller =
                        new Controller(new Registry(store), options(words), Ticker.system(), Clock.systemUTC(), log);
                ControllerServer server = ControllerServer.start(controller, at, secrets.token(), secrets.tls());
                MeshMetrics metrics = metrics(words, controller, log)) {
            Optional<MetricPush> push = collector.map(
                    to -> MetricPush.start(to, config.get(SettingKeys.MESH_OTLP_EVERY), pushed(controller, log)));
            try {
                session.voice()
                        .result("mayfly mesh controller is ready: " + at.getHostString() + ":" + server.port()
                                + metrics.url().map(url -> ", metrics " + url).orElse("")
                                + collector
                                        .map(to -> ", pushes metrics to " + to)
                                        .orElse(""));
                Shutdown.await();
            } finally {
                push.ifPresent(MetricPush::close);
            }
        }
        return ExitCode.GREEN.number();
    }

    private static MetricPush.Parts pushed(Controller controller, Log log) {
        return new MetricPush.Parts(
                () -> MeshMetrics.now(controller),
                Map.of(
                        "service.name",
                        "mayfly-mesh-controller",
                        "service.version",
                        System.getProperty("mayfly.version", "unknown"),
                        "host.name",
                        AgentOperations.thisHost()),
                Clock.systemUTC(),
                log);
    }

    private static ControllerOptions options(HandedWords words) {
        PinglistOptions usual = PinglistOptions.USUAL;
        return new ControllerOptions(
                new PinglistOptions(
                        (int) words.number("--paths", 1, 1024, usual.paths()),
                        usual.coverage(),
                        (int) words.number("--targets", 1, 1024, usual.targets()),
                        words.number("--tor-mesh-rate", 1, 1000, Math.round(usual.torMesh())),
                        words.number("--inter-tor-rate", 1, 1000, Math.round(usual.interTor()))),
                JudgeOptions.USUAL,
                Pace.USUAL,
                Duration.ofMinutes(15),
                names(words));
    }

    private static Map<IpAddress, String> names(HandedWords words) {
        Map<IpAddress, String> names = new HashMap<>();
        for (String each : words.texts("--switch")) {
            int equals = each.indexOf('=');
            try {
                names.put(IpAddress.parse(each.substring(equals + 1)), each.substring(0, Math.max(0, equals)));
            } catch (IllegalArgumentException e) {
                throw new MayflyException(
                        ErrorCode.USAGE,
                        "--switch does not understand '" + each + "'",
                        "it takes a name and the address that the switch answers with",
                        "for example: --switch spine-3=10.0.0.3",
                        e);
            }
        }
        return names;
    }

    private static MeshMetrics metrics(HandedWords words, Controller controller, Log log) {
        Optional<Listen.At> at = words.text("--metrics").map(text -> {
            MeshAddress typed = MeshAddress.parse(text);
            return new Listen.At(typed.host(), Math.min(typed.port(), HIGHEST_PORT));
        });
        return MeshMetrics.of(controller, at, log);
    }
}
