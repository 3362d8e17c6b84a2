package dev.mayfly.app.env;

import dev.mayfly.app.SettingKeys;
import dev.mayfly.base.config.Config;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.secret.Token;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.repo.fs.FsRepository;
import dev.mayfly.env.repo.remote.RemoteOptions;
import dev.mayfly.env.repo.remote.RemoteRepository;
import dev.mayfly.env.repo.s3.S3Address;
import dev.mayfly.env.repo.s3.S3Options;
import dev.mayfly.env.repo.s3.S3Repository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Opens what a name on the command line or in the configuration means. */
final class Repositories {
    private static final String ORIGIN = "origin";

    /** A path, or the URL that SPFS has for one; its tags are those of a namespace when it names one. */
    private static final Pattern LOCAL =
            Pattern.compile("(?:file:(?://)?)?(?<path>[^?]+)(?:\\?tag_namespace=(?<namespace>[^&]+))?");

    private Repositories() {}

    /**
     * @param named {@code origin}, {@code host:port}, {@code s3://bucket/prefix}, or the path of a repository,
     *     {@code ?tag_namespace=NAME} behind it
     */
    static Repository remote(String named, EnvSession session) {
        Repository repository = unasked(named, session);
        if (repository instanceof RemoteRepository remote) {
            try {
                remote.ping();
            } catch (MayflyException e) {
                remote.close();
                throw e;
            }
        }
        return repository;
    }

    /** The same without asking whether anybody is there: that shows at the first use. */
    static Repository unasked(String named, EnvSession session) {
        String address = named.equals(ORIGIN)
                ? session.settings().config().find(SettingKeys.ENV_ORIGIN).orElseThrow(() -> unknown(named))
                : named;
        if (S3Address.looksLike(address)) {
            return S3Repository.open(S3Address.parse(address), s3(session));
        }
        Optional<Address> elsewhere = Address.read(address);
        if (elsewhere.isPresent()) {
            Config config = session.settings().config();
            RemoteOptions options = RemoteOptions.USUAL.with(
                    config.find(SettingKeys.ENV_TOKEN).map(Token::new), SettingKeys.ENV_TLS.ofClient(config));
            return RemoteRepository.lazy(elsewhere.get().host(), elsewhere.get().port(), options);
        }
        Matcher local = LOCAL.matcher(address);
        if (local.matches()) {
            Path folder = Path.of(local.group("path")).toAbsolutePath().normalize();
            if (Files.isDirectory(folder)) {
                return FsRepository.open(
                        folder,
                        Namespaces.opening(
                                Optional.ofNullable(local.group("namespace")).map(Namespaces::checked)));
            }
        }
        throw unknown(address);
    }

    /** How object stores are spoken to here. */
    static S3Options s3(EnvSession session) {
        return S3Options.usual(session.settings().home().resolve("env").resolve("spool"), session.environment());
    }

    private static MayflyException unknown(String named) {
        return new MayflyException(
                ErrorCode.REMOTE_UNKNOWN,
                "there is no repository " + named,
                named.equals(ORIGIN)
                        ? "none is configured as origin"
                        : "it is neither a folder of this machine, nor host:port, nor s3://bucket/prefix",
                "--remote /path/of/a/repository, or env.origin in mayfly.yaml (MAYFLY_ENV_ORIGIN)");
    }
}
