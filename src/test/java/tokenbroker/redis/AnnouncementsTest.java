package tokenbroker.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.clients.ClientName;
import tokenbroker.seal.KeyRing;
import tokenbroker.seal.KeyedHash;
import tokenbroker.seal.Seal;
import tokenbroker.testing.Heartbeats;
import tokenbroker.testing.LogLines;
import tokenbroker.testing.RealRedis;
import tokenbroker.testing.SettableClock;
import tokenbroker.testing.TcpProxy;
import tokenbroker.time.Clocks;
import tokenbroker.time.Ticker;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.Announcement;
import tokenbroker.tokens.Lifespan;
import tokenbroker.tokens.Provenance;
import tokenbroker.tokens.TokenId;
import tokenbroker.tokens.TokenOwner;
import tokenbroker.tokens.TokenStore.Revision;

/** Proves when a replica may rely on receiving the announcements of the others. */
class AnnouncementsTest {

  private final Vertx vertx = Vertx.vertx();
  private final SettableClock time = new SettableClock();
  private RealRedis server;
  private TcpProxy network;
  private Announcements announcements;
  private RedisCommands commands;
  private @Nullable Heartbeats heartbeats;

  @BeforeEach
  void start() {
    server = new RealRedis();
    network = new TcpProxy(server.port());
    use("redis://127.0.0.1:" + network.port());
  }

  @AfterEach
  void end() {
    stopBeating();
    vertx.close();
    network.close();
    server.close();
  }

  @Test
  void aSubscriptionComesUpOverALinkThatIsSlowerThanACommandMayBe() {
    network.latency(Duration.ofMillis(400));
    beat();

    await().until(() -> announcements.hearingSince().isPresent());
  }

  @Test
  void anEndedSubscriptionLeavesNoConnectionBehind() {
    beat();
    await().until(() -> announcements.hearingSince().isPresent());
    stopBeating();

    await().until(() -> network.connections() == 1);
  }

  /** Redis closes the connection after the error; a proxy may keep it open. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anErrorInAnswerToTheGreetingIsForgottenWithItsConnection(boolean closes) {
    beat();
    await().until(() -> announcements.hearingSince().isPresent());
    network.answer("-ERR max number of clients reached\r\n", closes);
    await().until(() -> announcements.hearingSince().isEmpty());
    var before = network.everAccepted();
    await().until(() -> network.everAccepted() > before + 2);
    network.mend();

    await().until(() -> announcements.hearingSince().isPresent());
    await().until(() -> network.connections() == 2);
  }

  @Test
  void settingTheWallClockSilencesNobody() {
    beat();
    await().until(() -> announcements.hearingSince().isPresent());
    pauseBeating();
    var since = announcements.hearingSince();
    time.step(Duration.ofDays(1));

    assertThat(announcements.hearingSince()).isEqualTo(since);
    assertThat(announcements.hearingSince()).contains(time.now());
  }

  @Test
  void withoutAHeartbeatForThreeSecondsNothingIsHeard() {
    beat();
    await().until(() -> announcements.hearingSince().isPresent());
    pauseBeating();
    time.advance(Duration.ofMillis(2_999));
    assertThat(announcements.hearingSince()).isPresent();
    time.advance(Duration.ofMillis(1));

    assertThat(announcements.hearingSince()).isEmpty();
  }

  /** A new user in Redis 7 has no access to channels. */
  @Test
  void aUserWithoutChannelsIsToldOnceHowToGetThemAndIsHeardWhenItHas() {
    server.command("ACL SETUSER mute on >secret ~token-broker:* resetchannels +@all");
    use("redis://mute:secret@127.0.0.1:" + network.port());
    try (var log = new LogLines(Announcements.class)) {
      beat();
      await().until(() -> !log.lines().isEmpty());
      assertThat(tokenIsKept()).isTrue();
      var attempts = network.everAccepted();
      await()
          .until(
              () -> {
                time.advance(Duration.ofSeconds(1));
                return network.everAccepted() > attempts + 2;
              });
      assertThat(announcements.hearingSince()).isEqualTo(Optional.empty());
      assertThat(log.lines())
          .singleElement()
          .asString()
          .contains("ACL SETUSER <user> &token-broker:* +subscribe +publish");

      server.command("ACL SETUSER mute &token-broker:*");
      await()
          .until(
              () -> {
                time.advance(Duration.ofMillis(100));
                return announcements.hearingSince().isPresent();
              });
      assertThat(log.lines()).last().isEqualTo("The broker receives announcements again");
    }
  }

  private void use(String url) {
    commands = new RedisCommands(() -> Redis.createClient(vertx, url), vertx);
    announcements = new Announcements(commands, time);
  }

  private void beat() {
    heartbeats = Heartbeats.of(announcements::beat);
  }

  private void pauseBeating() {
    if (heartbeats != null) {
      heartbeats.close();
    }
  }

  private void stopBeating() {
    pauseBeating();
    announcements.end();
  }

  private boolean tokenIsKept() {
    var clocks = new Clocks(Clock.systemUTC(), Ticker.system());
    var seal = new Seal(KeyRing.random());
    var store =
        new RedisTokenStore(commands, announcements, seal, new SimpleMeterRegistry(), clocks);
    var owner = TokenOwner.of(new ClientName("acme"));
    var id = TokenId.of("one", new KeyedHash(new byte[32]));
    var token =
        new AccessToken(
            "one",
            null,
            null,
            null,
            id,
            Lifespan.from(clocks.now(), Duration.ofMinutes(1)),
            new Provenance("https://upstream.test", "id", null, "v1"));
    return store.keep(
        owner, token, Revision.ABSENT, Announcement.of(Announcement.Kind.RENEWED, owner));
  }
}
