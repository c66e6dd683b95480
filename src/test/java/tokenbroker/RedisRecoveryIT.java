package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tokenbroker.testing.Responses.json;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.ConnectedSite;
import tokenbroker.testing.Measured;
import tokenbroker.testing.RealRedis;
import tokenbroker.testing.SteadyCallers;

/** Proves the procedures of docs/recovery.md: back Redis up, restore it, move it, and set it up. */
class RedisRecoveryIT {

  @RegisterExtension private final ConnectedSite site = new ConnectedSite().brokers(2);

  @TempDir private Path backups;

  @Test
  void aBackupBringsBackEveryConnectionThatWasNotRefreshedSince() throws IOException {
    var alice = site.connection(site.broker(0), "acme", "alice");
    var bob = site.connection(site.broker(0), "acme", "bob");
    backUp();
    assertThat(site.isReplaced(site.broker(0), "acme", bob)).isTrue();
    site.files().sealKey("2026-02"); // The backup is sealed with the former key.
    site.redis().stop();

    try (var _ = restoredAt(site.redis().port())) {
      var running = site.broker(0);
      await().until(() -> site.token(running, "acme", alice).statusCode() == 200);
      await()
          .untilAsserted(
              () -> {
                assertThat(site.isReplaced(running, "acme", bob)).isFalse();
                assertThat(json(site.token(running, "acme", bob)).path("code").textValue())
                    .as("not only a store that is not back yet")
                    .isEqualTo("reconnect_required");
                assertThat(running.metric("token_broker_store_rollbacks_total")).isPositive();
              });

      site.brokers().forEach(BrokerProcess::close);
      var fresh = site.start(site.settings());
      assertThat(site.isReplaced(fresh, "acme", alice)).isTrue();
      assertThat(json(site.token(fresh, "acme", bob)).path("code").textValue())
          .as("its refresh token was used after the backup")
          .isEqualTo("reconnect_required");
      assertThat(site.connection(fresh, "acme", "bob")).as("the same connection").isEqualTo(bob);
      assertThat(site.token(fresh, "acme", bob).statusCode()).isEqualTo(200);
      Measured.say(
          "aBackupBringsBackEveryConnectionThatWasNotRefreshedSince",
          "refreshed again after the restore; the other user connected again under the same id");
    }
  }

  @Test
  void withoutTheSealKeyOfTheBackupNothingIsLostUntilTheKeyIsBack() throws IOException {
    var alice = site.connection(site.broker(0), "acme", "alice");
    site.brokers().forEach(BrokerProcess::close);
    var key = site.files().sealKeys().resolve("2026-01");
    var kept = Files.readString(key);
    Files.delete(key);
    site.files().sealKey("2026-02");

    var broker = site.start(site.settings());
    assertThat(json(site.token(broker, "acme", alice)).path("code").textValue())
        .isEqualTo("store_unavailable");
    assertThat(broker.metric("token_broker_store_open_failures_total")).isPositive();

    site.files().write("seal/2026-01", kept);
    await().until(() -> site.token(broker, "acme", alice).statusCode() == 200);
    await().until(() -> site.isReplaced(broker, "acme", alice));
  }

  @Test
  void movingToAnotherRedisUnderLoadFailsNoCallAndLosesNoConnection() {
    var alice = site.connection(site.broker(0), "acme", "alice");
    var paths = List.of("/tokens/acme", "/tokens/bolt", "/tokens/acme/connections/" + alice);
    var old = site.brokers();
    for (var broker : old) { // Cold replicas may fetch twice while Redis copies its data.
      assertThat(broker.get("/tokens/bolt", site.caller()).statusCode()).isEqualTo(200);
    }
    var next = new RealRedis("--replicaof", "127.0.0.1", "" + site.redis().port());
    try (next;
        var callers = SteadyCallers.on(old, paths, site.caller(), 50)) {
      await().until(() -> site.redis().info("replication", "connected_slaves") == 1);
      await().until(() -> next.infoText("replication").contains("master_link_status:up"));
      assertThat(site.redis().command("FAILOVER TO 127.0.0.1 " + next.port())).isEqualTo("+OK");
      await().until(() -> next.infoText("replication").contains("role:master"));

      for (var leaving : old) {
        callers.putIn(site.start(site.settings().with("quarkus.redis.hosts", next.url())));
        callers.takeOut(leaving);
        leaving.terminate();
        leaving.exitCode();
      }
      site.redis().stop();
      var served = callers.answered();
      await().until(() -> callers.answered() > served + 100);
      assertThat(site.isReplaced(site.brokers().getLast(), "acme", alice)).isTrue();
      var calls = callers.end();

      assertThat(calls)
          .allSatisfy(call -> assertThat(call.status()).as(call.body()).isEqualTo(200));
      assertThat(site.refreshTokens()).doesNotHaveDuplicates();
      assertThat(site.upstream().count("id-bolt")).as("fetches of a client").isOne();
      Measured.say(
          "movingToAnotherRedisUnderLoadFailsNoCallAndLosesNoConnection",
          "%d calls, 0 failed, 0 fetches".formatted(calls.size()));
    }
  }

  @Test
  void aRedisThatMayLoseConnectionsIsReportedWithWhatToSet() {
    site.redis().command("CONFIG SET appendonly no");
    site.redis().command("CONFIG SET maxmemory 100mb");
    site.redis().command("CONFIG SET maxmemory-policy volatile-ttl");
    var broker = site.start(site.settings());

    broker.awaitOutput("Set maxmemory-policy noeviction", "Set appendonly yes");
    assertThat(broker.managementGet("/q/health/ready")).contains("\"volatile\"", "\"possible\"");

    site.redis().command("CONFIG SET maxmemory-policy noeviction");
    await().until(() -> broker.managementGet("/q/health/ready").contains("\"none\""));
  }

  private void backUp() throws IOException {
    assertThat(site.redis().command("SAVE")).isEqualTo("+OK");
    Files.copy(site.redis().directory().resolve("dump.rdb"), backups.resolve("dump.rdb"));
  }

  /** With appendonly, Redis would ignore the dump and start empty. */
  private RealRedis restoredAt(int port) {
    var redis = new RealRedis(port, "--dir", backups.toString());
    assertThat(redis.command("CONFIG SET appendonly yes")).isEqualTo("+OK");
    return redis;
  }
}
