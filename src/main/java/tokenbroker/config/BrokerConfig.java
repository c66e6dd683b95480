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
 * All {@code broker.*} settings. The reference in {@code docs/configuration.md} is generated from
 * this file. The first sentence of a comment says what the setting does, with its unit. Every
 * number and every duration has a {@link Range}.
 */
@ConfigMapping(prefix = "broker")
@RegisterForReflection
public interface BrokerConfig {

  /** The clients whose credentials the broker holds. */
  Clients clients();

  /**
   * The issuers of caller JWTs, by the name that {@code clients.yaml} uses for them. At least one
   * is required.
   */
  Map<String, Issuer> issuers();

  /** The limits on each caller, and the cache of verified caller JWTs. Both apply per replica. */
  Callers callers();

  /** The limits on connections to the port for callers. They apply before authentication. */
  Server server();

  /** The keys that encrypt (seal) the values that the broker stores in Redis. */
  Seal seal();

  /**
   * The store through which replicas share tokens: {@code redis}, or {@code memory} for a single
   * replica that shares nothing. In dev mode without {@code QUARKUS_REDIS_HOSTS}, the default is
   * {@code memory}.
   */
  @WithDefault("redis")
  Store store();

  /** How the broker logs in to Redis. */
  Redis redis();

  /** When the broker serves, refreshes and stops refreshing a token. */
  Tokens tokens();

  /** How the broker sends requests to TrackMage: time limits, back-off, proxy, trust. */
  Upstream upstream();

  /** The TrackMage accounts that users connect. */
  Connections connections();

  /** The standard token endpoint for OAuth clients. */
  OAuth oauth();

  /** The metrics that the broker exports to Prometheus. */
  Metrics metrics();

  /** The audit log. */
  Audit audit();

  /** The clients whose credentials the broker holds. */
  interface Clients {
    /**
     * The clients file. It lists the clients, their upstreams and the callers that may use them. It
     * contains no secrets.
     */
    @WithDefault("/etc/token-broker/clients.yaml")
    Path file();

    /**
     * The secrets directory. For each client, it contains the files {@code <client>/client-id} and
     * {@code <client>/client-secret}, or {@code <client>.client-id} and {@code
     * <client>.client-secret}.
     */
    @WithDefault("/etc/token-broker/secrets")
    Path secrets();

    /**
     * The interval at which the broker checks files for changes: the clients file, the secrets, the
     * seal keys, and the issuers' keys in files.
     */
    @WithDefault("10s")
    @Range(min = "100ms", max = "1h")
    Duration reloadEvery();
  }

  /** One issuer of caller JWTs. */
  interface Issuer {
    /** The exact {@code iss} claim of the issuer's JWTs. Required. */
    Optional<String> issuer();

    /**
     * The issuer's public keys: the {@code http(s)} URL of a JWKS, or a file. The file is a JWKS,
     * or PEM with public keys or certificates. It may be a plain path or a {@code file:} URL.
     * Required.
     */
    Optional<String> keys();

    /**
     * The file with the bearer token that the broker sends to the JWKS URL. The broker reads it for
     * each request, because Kubernetes rotates it.
     */
    Optional<Path> keysTokenFile();

    /**
     * The PEM file with the certificate authorities to trust for the JWKS URL, instead of those of
     * the JVM.
     */
    Optional<Path> keysCaFile();

    /** The value that the {@code aud} claim must contain. */
    @WithDefault("token-broker")
    String audience();

    /**
     * The accepted signature algorithms. HMAC algorithms and {@code none} are never accepted. A key
     * that has an {@code alg} is used for that algorithm only.
     */
    @WithDefault("RS256,ES256")
    List<String> algorithms();

    /**
     * Whether the API server of the issuing Kubernetes cluster reviews each JWT (TokenReview). It
     * reviews a JWT at its first use, and every 30 seconds while it is in use. If its pod or
     * service account is deleted, the JWT then stops working within a minute, instead of when it
     * expires. The broker's service account needs the role {@code system:auth-delegator}.
     */
    @WithDefault("false")
    boolean tokenReview();

    /**
     * The address of the API server that reviews JWTs, such as {@code https://10.0.0.1:6443}. If
     * {@code keys} is an API server's {@code …/openid/v1/jwks}, the default is that server.
     * Otherwise the default is {@code https://kubernetes.default.svc}.
     */
    Optional<String> tokenReviewApiServer();

    /**
     * The file with the broker's own bearer token for reviews. The broker reads it for each review.
     * If the same server provides the keys, the default is {@code keys-token-file}. For the server
     * {@code https://kubernetes.default.svc}, the default is the token that Kubernetes mounts into
     * pods.
     */
    Optional<Path> tokenReviewTokenFile();

    /**
     * The PEM file with the certificate authorities to trust for reviews, instead of those of the
     * JVM. If the same server provides the keys, the default is {@code keys-ca-file}. For the
     * server {@code https://kubernetes.default.svc}, the default is the CA file that Kubernetes
     * mounts into pods.
     */
    Optional<Path> tokenReviewCaFile();

    /**
     * What the broker does with JWTs while the API server cannot review them. {@code accept}
     * accepts every JWT with a valid signature, as without reviews. {@code refuse} answers 503 if
     * the last review of a JWT is more than 45 seconds old.
     */
    @WithDefault("accept")
    Unreviewed tokenReviewUnavailable();
  }

  /** The limits on each caller, and the cache of verified caller JWTs. Both apply per replica. */
  interface Callers {
    /**
     * The sustained rate limit of each caller, in requests per second and replica. {@code 0}
     * disables the limit.
     */
    @WithDefault("1000")
    @Range(min = "0", max = "1000000")
    int rateLimit();

    /** The number of requests that a caller may send at once before the rate limit applies. */
    @WithDefault("2000")
    @Range(min = "1", max = "1000000")
    int burst();

    /**
     * The number of verified JWTs that a replica caches. Each takes 512 bytes, so the default takes
     * 5 MB. A JWT with a long subject, or with many groups named in {@code clients.yaml}, counts as
     * several. {@code 0} disables the cache: the broker then verifies the JWT of each request.
     */
    @WithDefault("10000")
    @Range(min = "0", max = "1000000")
    int remembered();
  }

  /** The limits on connections to the port for callers. They apply before authentication. */
  interface Server {
    /**
     * The maximum number of open connections of a replica, including idle ones. Each HTTP/2 stream
     * counts as well. {@code 0} derives the number from the heap: three eighths of it, at 48 KiB
     * per connection, and at most 20000. A heap of 128 MiB gives 1024.
     */
    @WithDefault("0")
    @Range(min = "0", max = "1000000")
    int maxConnections();

    /**
     * The share of the connections that one remote address may hold. An IPv6 network of 64 bits
     * counts as one address. Set {@code 1} behind a proxy, because all callers then share its
     * address.
     */
    @WithDefault("0.5")
    @Range(min = "0.01", max = "1")
    double addressShare();

    /** Whether the broker accepts HTTP/2 without TLS, from clients with prior knowledge (h2c). */
    @WithDefault("false")
    boolean plainHttp2();
  }

  /** The keys that encrypt (seal) the values that the broker stores in Redis. */
  interface Seal {
    /**
     * The directory of the keys. Each file contains one key of 32 bytes in base64 ({@code openssl
     * rand -base64 32}). The file's name is the key's id. Required with {@code broker.store=redis}.
     */
    Optional<Path> keys();

    /**
     * The id of the key that encrypts new values. The other keys only decrypt. The default is the
     * file name that sorts last.
     */
    Optional<String> primary();
  }

  /** How the broker logs in to Redis. */
  interface Redis {
    /**
     * The file with the password of Redis, used instead of {@code quarkus.redis.password}. The
     * broker expands nothing in it and ignores newlines at its end. It reads the file every second
     * and uses a changed password for the next connection.
     */
    Optional<Path> passwordFile();
  }

  /** When the broker serves, refreshes and stops refreshing a token. */
  interface Tokens {
    /**
     * The minimum remaining lifetime of a token that the broker returns. For short-lived tokens, it
     * is at most a quarter of the token's lifetime.
     */
    @WithDefault("30s")
    @Range(min = "1s", max = "10m")
    Duration safetyWindow();

    /**
     * The share of its lifetime after which a token in use is refreshed in the background. Each
     * replica jitters it by ±10 % for each client. A token with a lifetime of 10 minutes or more is
     * refreshed at least 5 minutes before it expires.
     */
    @WithDefault("0.7")
    @Range(min = "0.1", max = "0.95")
    double refreshAhead();

    /**
     * The time without requests after which the broker stops refreshing a client's token in the
     * background. The unit is the lifetime of the token.
     */
    @WithDefault("2")
    @Range(min = "0.1", max = "1000")
    double idleAfter();
  }

  /** How the broker sends requests to TrackMage: time limits, back-off, proxy, trust. */
  interface Upstream {
    /**
     * The time limit for opening a connection. It must not exceed {@code broker.upstream.timeout}.
     */
    @WithDefault("2s")
    @Range(min = "50ms", max = "30s")
    Duration connectTimeout();

    /** The time limit for a whole request, from connecting to the end of the response. */
    @WithDefault("5s")
    @Range(min = "100ms", max = "1m")
    Duration timeout();

    /**
     * The shortest and the longest pause after a failed fetch. The pause doubles with each failure
     * and is jittered. It applies per client and is shared by all replicas. A single duration means
     * a constant pause. If the upstream sends {@code Retry-After}, the broker uses that value.
     */
    @WithDefault("1s…30s")
    @Range(min = "10ms", max = "1h")
    BackoffRange backoff();

    /**
     * The egress proxy, such as {@code http://proxy.example.com:3128}. The broker reaches all https
     * servers through it with {@code CONNECT}: the upstreams, JWKS URLs and API servers that review
     * JWTs. {@code no-proxy} lists the exceptions. Loopback hosts never need the proxy.
     */
    Optional<ProxyAddress> proxy();

    /**
     * The file with the broker's user and password at the egress proxy, as one line {@code
     * user:password}. The broker reads it for each new connection. If the file becomes unusable,
     * the last good content stays in use.
     */
    Optional<Path> proxyCredentialsFile();

    /**
     * The hosts that the broker reaches without the egress proxy, separated by commas: names,
     * {@code .suffixes} for all names below a domain, IP addresses, and networks such as {@code
     * 10.0.0.0/8}. The broker resolves no names for this, so an address matches only a URL that
     * contains it.
     */
    @WithDefault(".svc,.svc.cluster.local")
    NoProxy noProxy();

    /**
     * The PEM file with the certificate authorities to trust for upstreams, instead of those of the
     * JVM. The broker reads it for each new connection. If the file becomes unusable, the last good
     * content stays in use.
     */
    Optional<Path> caFile();
  }

  /** The TrackMage accounts that users connect. */
  interface Connections {
    /**
     * The address at which browsers reach the broker, such as {@code https://connect.example.com}.
     * Setting it enables connections. Register {@code <public-url>/oauth/callback} at TrackMage as
     * the redirect URI. {@code http} is allowed for loopback hosts only.
     */
    Optional<URI> publicUrl();

    /**
     * The interval at which the broker refreshes unused connections. It keeps their refresh tokens
     * alive, which TrackMage would otherwise expire after 14 days.
     */
    @WithDefault("7d")
    @Range(min = "1h", max = "13d")
    Duration keepAlive();
  }

  /** The standard token endpoint for OAuth clients, {@code POST /oauth2/token}. */
  interface OAuth {
    /**
     * The issuer identifier of the broker as an authorization server (RFC 8414 §2): the URL under
     * which clients reach the broker, such as {@code https://token-broker.internal}. If it is set,
     * {@code GET /.well-known/oauth-authorization-server} describes the endpoint. The URL must be
     * https, or http for a loopback host, without a query or fragment.
     */
    Optional<URI> issuer();
  }

  /** The metrics that the broker exports to Prometheus. */
  interface Metrics {
    /**
     * The maximum number of clients with metrics of their own. Above it, totals and worst cases
     * labelled {@code client="*"} replace all per-client metrics.
     */
    @WithDefault("1000")
    @Range(min = "0", max = "100000")
    int clients();
  }

  /** What the broker does with JWTs that the API server cannot review. */
  enum Unreviewed {
    ACCEPT,
    REFUSE
  }

  /** The audit log. */
  interface Audit {
    /**
     * Whether the broker rejects a request (503 {@code audit_unavailable}) if it cannot write the
     * audit line. A line counts as written once the writer has accepted it and has no unwritten
     * line older than two seconds. If this is {@code false}, the broker drops and counts such
     * lines.
     */
    @WithDefault("false")
    boolean required();

    /**
     * The name of this replica in audit lines. The default is the value of the environment variable
     * {@code HOSTNAME}, which is the pod's name in Kubernetes.
     */
    Optional<String> replica();
  }

  /** The store through which replicas share tokens. */
  enum Store {
    REDIS,
    MEMORY
  }
}
