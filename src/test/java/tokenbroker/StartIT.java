package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tokenbroker.testing.BrokerFiles;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.ScriptedUpstream;

/** The packaged broker starts only as it should, and does without a store that is not there. */
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
            .launch()) {
      assertThat(broker.exitCode()).isNotZero();
      assertThat(broker.output())
          .contains(
              "no issuer is configured",
              "broker.seal.keys is missing",
              "broker.tokens.safety-windw is no setting",
              "broker.nonsense is no setting",
              "line 2",
              "line 4",
              "line 5",
              "line 6")
          .doesNotContain("\tat ");
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
      assertThat(broker.output()).contains("nowhere.yaml cannot be read");
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
        assertThat(broker.output()).doesNotContain("not-for-your-eyes");
      }
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
        files.clients("clients:\n");
        await().until(() -> broker.get("/tokens/acme", jwt).statusCode() == 403);
      }
    }
  }
}
