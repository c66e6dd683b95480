package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tokenbroker.testing.BrokerFiles;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.Certificate;
import tokenbroker.testing.ScriptedUpstream;

/**
 * Proves that the packaged broker starts only with a correct configuration, and starts without a
 * reachable store.
 */
class StartIT {

  @TempDir Path directory;

  @Test
  void aWrongStartIsRefusedWithEveryFaultAtOnce() {
    var files = new BrokerFiles(directory);
    files.clients(
        """
        upstreams:
          plain: { base-url: http://trackmage.example }
        clients:
          UPPER: { callers: [] }
          acme: { callers: [ { issuer: test, subject: "a*b" } ] }
          acme: { callers: [] }
        """);
    try (var broker =
        new BrokerProcess.Settings()
            .with("broker.clients.file", files.clients())
            .with("broker.tokens.safety-windw", "10s")
            .with("broker.nonsense", "1")
            .with("broker.tokens.safety-window", "-5m")
            .with("broker.tokens.refresh-ahead", "0")
            .with("broker.clients.reload-every", "0s")
            .with("broker.callers.burst", "many")
            .with("broker.issuers.corp.keys-ca-file", "file:/etc/ca.pem")
            .with("broker.oauth.issuer", "http://broker.example")
            .with("quarkus.redis.hosts", "redis.example:6379")
            .environment("BROKER_UPSTREAM_TIMEOUT", "5")
            .environment("BROKER_UPSTREAM_BACKOFF", "")
            .environment("QUARKUS_LOG_LEVEL", "LOUD")
            .environment("QUARKUS_OTEL_SDK_DISABLED", "false")
            .environment("QUARKUS_OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
            .environment("QUARKUS_REDIS_TIMEOUT", "")
            .environment("QUARKUS_HTTP_IDLE_TIMEOUT", "")
            .environment("QUARKUS_HTTP_LIMITS_MAX_CONNECTIONS", "\n")
            .environment("QUARKUS_TLS_REDIS_HOSTNAME_VERIFICATION_ALGORITHM", "")
            .environment("BROKER_STORE", "")
            .environment("BROKER_ISSUERS__CORP__KEYS", "callers.jwks\n")
            .environment("QUARKUS_REDIS_PASSWORD", "not-for${your-eyes}")
            .launch()) {
      assertThat(broker.exitCode()).isNotZero();
      assertThat(broker.output())
          .contains(
              "broker.issuers.corp.issuer is missing",
              "broker.seal.keys is missing",
              "broker.tokens.safety-windw is not a setting",
              "Did you mean broker.tokens.safety-window?",
              "broker.nonsense is not a setting",
              "broker.tokens.safety-window is \"-5m\" (system property)",
              "broker.tokens.refresh-ahead is \"0\"",
              "broker.clients.reload-every is \"0s\"",
              "broker.callers.burst is \"many\"",
              "broker.issuers.corp.keys-ca-file is",
              "broker.oauth.issuer is not an https:// URL",
              "quarkus.redis.hosts is malformed",
              "quarkus.redis.password refers to a setting that does not exist",
              "broker.upstream.timeout is \"5\" (environment variable BROKER_UPSTREAM_TIMEOUT)",
              "quarkus.log.level is \"LOUD\"",
              "quarkus.otel.exporter.otlp.protocol is \"grpc\"",
              "line 2",
              "line 4",
              "line 5",
              "line 6")
          .doesNotContain("broker.issuers.corp.keys is missing", "your-eyes")
          .doesNotContain("\tat ", "SRCFG", "Exception", "broker.upstream.backoff is");
    }
  }

  @Test
  void aMalformedAddressOfRedisIsShortAndShowsNoPassword() {
    var files = new BrokerFiles(directory).callerKeys(new CallerTokens("k1"));
    try (var broker =
        BrokerProcess.with(files)
            .with("quarkus.redis.hosts", "redis://:not-for%your-eyes@redis:6379")
            .launch()) {
      assertThat(broker.exitCode()).isNotZero();
      assertThat(broker.output())
          .contains("quarkus.redis.hosts is malformed (system property): set redis://HOST:PORT")
          .doesNotContain("your-eyes", "\tat ", "IllegalArgumentException");
    }
  }

  @Test
  void anEmptyVariableIsNotSetAndOneIssuerMayBeSetInTwoPlaces() {
    var files = new BrokerFiles(directory).callerKeys(new CallerTokens("k1"));
    try (var broker =
        BrokerProcess.with(files)
            .with("broker.store", "memory")
            .with("broker.issuers.west-2.issuer", "https://west.example")
            .environment("BROKER_ISSUERS__WEST_2__KEYS", files.callerKeys() + "\n")
            .environment("BROKER_ISSUERS__TEST__ALGORITHMS", "ES256")
            .environment("BROKER_ISSUERS__TEST__AUDIENCE", "")
            .environment("QUARKUS_HTTP_IDLE_TIMEOUT", "")
            .environment("QUARKUS_REDIS_TIMEOUT", "\n")
            .start()) {
      broker.awaitOutput("Clients: 0, store: MEMORY");
    }
  }

  @Test
  void pathsMayBeRelativeAndHaveSpaces() {
    var files = new BrokerFiles(directory.resolve("my files")).callerKeys(new CallerTokens("k1"));
    var here = Path.of("").toAbsolutePath();
    try (var broker =
        BrokerProcess.with(files)
            .with("broker.store", "memory")
            .with("broker.clients.file", here.relativize(files.clients().toAbsolutePath()))
            .with("broker.clients.secrets", here.relativize(files.secrets().toAbsolutePath()))
            .with("broker.seal.keys", here.relativize(files.sealKeys().toAbsolutePath()))
            .start()) {
      broker.awaitOutput("Clients: 0, store: MEMORY");
    }
  }

  @Test
  void aMissingClientsFileIsAFaultThatSaysWhere() {
    var files = new BrokerFiles(directory).callerKeys(new CallerTokens("k1"));
    try (var broker =
        BrokerProcess.with(files)
            .with("broker.clients.file", directory.resolve("nowhere.yaml"))
            .launch()) {
      assertThat(broker.exitCode()).isNotZero();
      assertThat(broker.output()).contains("nowhere.yaml: the file cannot be read");
    }
  }

  @Test
  void withoutItsRedisTheBrokerIsReadyAndServesTokens() {
    var issuer = new CallerTokens("k1");
    try (var upstream = ScriptedUpstream.start()) {
      var files =
          new BrokerFiles(directory)
              .callerKeys(issuer)
              .credentials("acme", "id", "not-for-your-eyes");
      files.clients(
          """
          upstreams: { test: { base-url: "%s" } }
          clients:
            acme: { upstream: test, callers: [ { issuer: test, subject: "orders" } ] }
          """
              .formatted(upstream.url()));
      try (var broker =
          BrokerProcess.with(files).with("quarkus.redis.hosts", "redis://127.0.0.1:1").start()) {
        var jwt = issuer.token("orders");
        assertThat(broker.get("/tokens/acme", jwt).statusCode()).isEqualTo(200);
        assertThat(broker.get("/tokens/acme", jwt).statusCode()).isEqualTo(200);
        assertThat(upstream.count()).isOne();
        assertThat(broker.metric("token_broker_store_up")).isZero();
        assertThat(broker.metric("token_broker_store_errors_total")).isPositive();
        assertThat(broker.awaitOutput("\"outcome\":\"nearby\""))
            .doesNotContain("not-for-your-eyes");
        // A failure outside the broker does not stall a job, because a restart would not help.
        for (var job : List.of("announcements", "refresh tokens", "refresh ahead", "caller keys")) {
          var last = "token_broker_job_last_success_timestamp_seconds{name=\"" + job + "\"";
          var before = broker.metric(last);
          assertThat(before).isPositive();
          await().until(() -> broker.metric(last) > before);
        }
        assertThat(broker.managementGet("/q/health/live"))
            .contains("background-work", "\"stalled\": \"\"", "\"status\": \"UP\"");
      }
    }
  }

  @Test
  void aPortInUseIsToldWithTheSettingToChange() throws IOException {
    var files = new BrokerFiles(directory).callerKeys(new CallerTokens("k1"));
    Certificate.in(directory).writePem(directory);
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var broker =
            BrokerProcess.with(files)
                .with("broker.store", "memory")
                .environment("QUARKUS_PROFILE", "tls")
                .with("quarkus.tls.http.key-store.pem.0.cert", directory.resolve("tls.crt"))
                .with("quarkus.tls.http.key-store.pem.0.key", directory.resolve("tls.key"))
                .with("quarkus.http.ssl-port", taken.getLocalPort())
                .launch()) {
      assertThat(broker.exitCode()).isNotZero();
      assertThat(broker.output())
          .contains(
              "quarkus.http.ssl-port is %1$d, but the broker cannot listen on 127.0.0.1:%1$d"
                  .formatted(taken.getLocalPort()),
              "or set another port, such as -Dquarkus.http.ssl-port=")
          .doesNotContain("\tat ", "has started");
    }
  }

  @Test
  void aCallerBeyondItsRateIsToldWhenToComeBackAndOthersAreServed() {
    var issuer = new CallerTokens("k1");
    try (var upstream = ScriptedUpstream.start()) {
      var files = new BrokerFiles(directory).callerKeys(issuer).credentials("acme", "id", "secret");
      files.clients(
          """
          upstreams: { test: { base-url: "%s" } }
          clients:
            acme: { upstream: test, callers: [ { issuer: test, group: all } ] }
          """
              .formatted(upstream.url()));
      try (var broker =
          BrokerProcess.with(files)
              .with("broker.store", "memory")
              .with("broker.callers.rate-limit", "1")
              .with("broker.callers.burst", "2")
              .start()) {
        var hasty = issuer.token("hasty", Map.of("groups", "all"));
        assertThat(broker.get("/tokens/acme", hasty).statusCode()).isEqualTo(200);
        assertThat(broker.get("/tokens/acme", hasty).statusCode()).isEqualTo(200);
        await().until(() -> broker.get("/tokens/acme", hasty).statusCode() == 429);
        var limited = broker.get("/clients", hasty);
        assertThat(limited.statusCode()).isEqualTo(429);
        assertThat(limited.body()).contains("\"code\":\"rate_limited\"");
        assertThat(limited.headers().firstValueAsLong("Retry-After").orElse(0)).isPositive();
        var other = issuer.token("other", Map.of("groups", "all"));
        assertThat(broker.get("/tokens/acme", other).statusCode()).isEqualTo(200);
        assertThat(broker.metric("token_broker_rate_limited_total")).isPositive();
      }
    }
  }

  @Test
  void aRightStartReadsChangesOfItsFilesWithoutARestart() {
    var issuer = new CallerTokens("k1");
    try (var upstream = ScriptedUpstream.start()) {
      var files = new BrokerFiles(directory).callerKeys(issuer);
      try (var broker =
          BrokerProcess.with(files)
              .with("broker.store", "memory")
              .with("broker.clients.reload-every", "100ms")
              .start()) {
        var jwt = issuer.token("orders");
        assertThat(broker.get("/tokens/acme", jwt).statusCode()).isEqualTo(403);
        files.credentials("acme", "id", "secret");
        files.clients(
            """
            upstreams: { test: { base-url: "%s" } }
            clients:
              acme: { upstream: test, callers: [ { issuer: test, subject: "orders" } ] }
            """
                .formatted(upstream.url()));
        await().until(() -> broker.get("/tokens/acme", jwt).statusCode() == 200);
        files.clients(
            """
            upstreams: { test: { base-url: "%s" } }
            clients:
              acme: { upstream: test, callers: [] }
            """
                .formatted(upstream.url()));
        await().until(() -> broker.get("/tokens/acme", jwt).statusCode() == 403);
      }
    }
  }
}
