package tokenbroker.config;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Every {@code broker.*} key. The reference in {@code docs/configuration.md} is generated from this
 * file: the first sentence of a comment says what a key does, with its unit where it has one. Every
 * number and every duration has a {@link Range}.
 */
@ConfigMapping(prefix = "broker")
@RegisterForReflection
public interface BrokerConfig {

  /** The clients whose credentials the broker holds. */
  Clients clients();

  /**
   * Who signs caller JWTs, by a name that {@code clients.yaml} refers to. At least one is needed.
   */
  Map<String, Issuer> issuers();

  /** What one caller may ask of one replica. */
  Callers callers();

  /** What the port for callers takes from anybody. */
  Server server();

  /** The keys that seal what the broker keeps in Redis. */
  Seal seal();

  /**
   * Where tokens are shared: {@code redis}, or {@code memory} for one replica that shares nothing.
   * The default is {@code redis}, and {@code memory} in dev mode unless {@code QUARKUS_REDIS_HOSTS}
   * is set.
   */
  @WithDefault("redis")
  Store store();

  /** How the broker logs in to Redis. */
  Redis redis();

  /** The life of a token in the broker. */
  Tokens tokens();

  /** How the broker talks to TrackMage. */
  Upstream upstream();

  /** Accounts that users connect. */
  Connections connections();

  /** What the broker tells Prometheus. */
  Metrics metrics();

  /** What the broker records of its callers. */
  Audit audit();

  /** The clients whose credentials the broker holds. */
  interface Clients {
    /** The clients file: names, upstreams, and who may use what. It holds no secret. */
    @WithDefault("/etc/token-broker/clients.yaml")
    Path file();

    /** The secrets directory: {@code <client>/client-id} and {@code <client>/client-secret}. */
    @WithDefault("/etc/token-broker/secrets")
    Path secrets();

    /**
     * How often the file, the secrets, the seal keys and issuers' keys in files are looked at for
     * changes.
     */
    @WithDefault("10s")
    @Range(min = "100ms", max = "1h")
    Duration reloadEvery();
  }

  /** One issuer of caller JWTs. */
  interface Issuer {
    /** The exact {@code iss} claim of its JWTs. Required. */
    Optional<String> issuer();

    /**
     * Its public keys: an {@code http(s)} URL of a JWKS, or a file (JWKS, or PEM with public keys
     * or certificates; a plain path or {@code file:…}). Required.
     */
    Optional<String> keys();

    /**
     * A file with the bearer token to send when the JWKS URL is read; read anew each time, as
     * Kubernetes rotates it.
     */
    Optional<Path> keysTokenFile();

    /**
     * A PEM file with the certificate authorities to trust for the JWKS URL, instead of the JVM's.
     */
    Optional<Path> keysCaFile();

    /** What the {@code aud} claim must contain. */
    @WithDefault("token-broker")
    String audience();

    /**
     * Signature algorithms that are accepted. HMAC algorithms and {@code none} never are. A key
     * with an {@code alg} of its own is used for that one alone.
     */
    @WithDefault("RS256,ES256")
    List<String> algorithms();

    /**
     * Whether the API server of the Kubernetes cluster that issued a JWT reviews it (TokenReview):
     * at first, and every 30 seconds while it is used. A token whose pod or service account was
     * deleted then stops working within a minute instead of when it expires. The broker's service
     * account needs the role {@code system:auth-delegator}.
     */
    @WithDefault("false")
    boolean tokenReview();

    /**
     * The address of that API server, such as {@code https://10.0.0.1:6443}. The default is the
     * server of {@code keys} if that is an API server's {@code …/openid/v1/jwks}, and {@code
     * https://kubernetes.default.svc} otherwise.
     */
    Optional<String> tokenReviewApiServer();

    /**
     * A file with the broker's own bearer token for reviews; read anew each time. The default is
     * {@code keys-token-file} if the same server has the keys, and the token that Kubernetes mounts
     * into pods if it is {@code https://kubernetes.default.svc}.
     */
    Optional<Path> tokenReviewTokenFile();

    /**
     * A PEM file with the certificate authorities to trust for reviews, instead of the JVM's. The
     * defaults are as for {@code token-review-token-file}: {@code keys-ca-file}, or the pod's.
     */
    Optional<Path> tokenReviewCaFile();

    /**
     * What becomes of JWTs while the API server gives no verdict: {@code accept} takes them by
     * their signature alone, as without reviews; {@code refuse} answers 503 to callers whose last
     * review is 45 seconds old.
     */
    @WithDefault("accept")
    Unreviewed tokenReviewUnavailable();
  }

  /** What one caller may ask of one replica. */
  interface Callers {
    /**
     * Requests per second and caller that one replica serves in the long run; {@code 0} switches
     * the limit off.
     */
    @WithDefault("1000")
    @Range(min = "0", max = "1000000")
    int rateLimit();

    /** Requests that a caller may make at once before the rate counts. */
    @WithDefault("2000")
    @Range(min = "1", max = "1000000")
    int burst();

    /**
     * Verified JWTs that one replica remembers, in 512 bytes each: 5 MB by default. One with a long
     * subject, or with many groups that {@code clients.yaml} names, takes the place of several.
     * {@code 0} verifies each at each request.
     */
    @WithDefault("10000")
    @Range(min = "0", max = "1000000")
    int remembered();
  }

  /** What the port for callers takes from anybody. */
  interface Server {
    /**
     * Connections that a replica holds at once, silent ones included; with HTTP/2 each stream
     * counts as well. {@code 0} follows the heap: three eighths of it, at 48 KiB each, so 1024 for
     * 128 MiB, and 20000 at most.
     */
    @WithDefault("0")
    @Range(min = "0", max = "1000000")
    int maxConnections();

    /**
     * Share of the connections that one remote address may hold, an IPv6 network of 64 bits
     * counting as one. Behind a proxy, where all callers come from its address, {@code 1}.
     */
    @WithDefault("0.5")
    @Range(min = "0.01", max = "1")
    double addressShare();

    /** Whether HTTP/2 is spoken without TLS, to clients that begin with it (prior knowledge). */
    @WithDefault("false")
    boolean plainHttp2();
  }

  /** The keys that seal what the broker keeps in Redis. */
  interface Seal {
    /**
     * Directory of keys, one base64 text of 32 bytes a file ({@code openssl rand -base64 32}); the
     * file's name is the key's id. Required with {@code broker.store=redis}.
     */
    Optional<Path> keys();

    /**
     * The id of the key that seals; the others still open. The default is the last file name in
     * order.
     */
    Optional<String> primary();
  }

  /** How the broker logs in to Redis. */
  interface Redis {
    /**
     * A file with the password of Redis, taken as it stands: nothing in it is expanded, and
     * newlines at its end are no part of it. The broker reads it again each second, and uses a
     * changed password for its next connection. It replaces {@code quarkus.redis.password}.
     */
    Optional<Path> passwordFile();
  }

  /** The life of a token in the broker. */
  interface Tokens {
    /**
     * A token with less life than this is never handed out; for short-lived tokens at most a
     * quarter of the lifetime.
     */
    @WithDefault("30s")
    @Range(min = "1s", max = "10m")
    Duration safetyWindow();

    /**
     * Share of the lifetime after which a token in use is renewed in the background: jittered by
     * ±10 % per replica and client, and no later than 5 minutes before the end for lifetimes of 10
     * minutes and more.
     */
    @WithDefault("0.7")
    @Range(min = "0.1", max = "0.95")
    double refreshAhead();

    /**
     * Lifetimes without a request after which a client's token is no longer renewed in the
     * background.
     */
    @WithDefault("2")
    @Range(min = "0.1", max = "1000")
    double idleAfter();
  }

  /** How the broker talks to TrackMage. */
  interface Upstream {
    /** Time limit for opening a connection; not longer than {@code broker.upstream.timeout}. */
    @WithDefault("2s")
    @Range(min = "50ms", max = "30s")
    Duration connectTimeout();

    /** Time limit for a whole answer, connecting included. */
    @WithDefault("5s")
    @Range(min = "100ms", max = "1m")
    Duration timeout();

    /**
     * Pause after a failed fetch, doubling from the first to the longest and jittered; per client,
     * shared by all replicas. A single duration means both: the pause does not grow. A {@code
     * Retry-After} from upstream wins.
     */
    @WithDefault("1s…30s")
    @Range(min = "10ms", max = "1h")
    BackoffRange backoff();
  }

  /** Accounts that users connect. */
  interface Connections {
    /**
     * The broker's own address as browsers see it, such as {@code https://connect.example.com};
     * switches connections on. At TrackMage {@code <public-url>/oauth/callback} is registered as
     * the redirect URI. {@code http} for loopback alone.
     */
    Optional<URI> publicUrl();

    /**
     * How long a connection that nobody uses may go without a renewal. The broker renews it then,
     * so that its refresh token, which TrackMage keeps for 14 days, does not expire.
     */
    @WithDefault("7d")
    @Range(min = "1h", max = "13d")
    Duration keepAlive();
  }

  /** What the broker tells Prometheus. */
  interface Metrics {
    /**
     * With more clients than this, none has series of its own: sums and the worst of all are told
     * as {@code client="*"}.
     */
    @WithDefault("1000")
    @Range(min = "0", max = "100000")
    int clients();
  }

  /** What becomes of JWTs that cannot be reviewed. */
  enum Unreviewed {
    ACCEPT,
    REFUSE
  }

  /** What the broker records of its callers. */
  interface Audit {
    /**
     * Whether a request is refused (503 {@code audit_unavailable}) if its audit line cannot be
     * written. A line counts as written if the writer took it and has written all that is older
     * than two seconds. Otherwise lines that nobody reads are dropped and counted.
     */
    @WithDefault("false")
    boolean required();

    /**
     * The name of this replica in audit lines. The default is the environment variable {@code
     * HOSTNAME}, which in Kubernetes is the pod's name.
     */
    Optional<String> replica();
  }

  /** Where tokens are shared. */
  enum Store {
    REDIS,
    MEMORY
  }
}
