package tokenbroker.trackmage;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static java.util.stream.IntStream.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.clients.Client;
import tokenbroker.clients.Upstream;
import tokenbroker.clients.Upstream.RequestStyle;
import tokenbroker.oauth.UpstreamBreaker;
import tokenbroker.testing.Answer;
import tokenbroker.testing.ScriptedUpstream;
import tokenbroker.tokens.FailureCause.Outage;
import tokenbroker.tokens.FetchResult.Failed;
import tokenbroker.tokens.FetchResult.Fetched;
import tokenbroker.tokens.FetchResult.FromUpstream;
import tokenbroker.tokens.RefreshToken;

class UpstreamBreakerTest {

  private static final int ACCOUNTS = UpstreamBreaker.ACCOUNTS;
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final ScriptedUpstream upstream = ScriptedUpstream.start();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void close() {
    upstream.close();
    threads.close();
  }

  static Stream<Answer> outages() {
    return Stream.of(Answer.html(500), Answer.html(503), Answer.closed());
  }

  @ParameterizedTest
  @MethodSource("outages")
  void manyAccountsThatFailOpenItAndAResponseClosesIt(Answer outage) {
    try (var under = source()) {
      upstream.answer(outage);
      open(under);
      assertThat(breakerGauge(under)).isOne();
      assertThat(fetch(under, 0)).isEqualTo(new Failed(Outage.BREAKER_OPEN, PAUSE));

      upstream.answer(Answer.token());
      under.clock.advance(PAUSE);
      assertThat(fetch(under, 0)).isInstanceOf(Fetched.class);
      assertThat(breakerGauge(under)).isZero();
      assertThat(fetch(under, 1)).isInstanceOf(Fetched.class);
    }
  }

  @Test
  void timeOutsOpenIt() {
    try (var under = source("broker.upstream.timeout", "20ms")) {
      upstream.hold();
      open(under);
      assertThat(isRefusal(fetch(under, 0))).isTrue();
    }
  }

  @Test
  void aPauseIsASecondAtMost() {
    try (var under = source("broker.upstream.backoff", "1m…2m")) {
      upstream.answer(Answer.html(500));
      open(under);
      assertThat(fetch(under, 0)).isEqualTo(new Failed(Outage.BREAKER_OPEN, Duration.ofSeconds(1)));
    }
  }

  @Test
  void ofTheAccountsThatFailedOneIsTriedInEachPauseAndTheOthersAreRefused() {
    try (var under = source()) {
      upstream.answer(Answer.html(500));
      open(under);
      for (var pause = 0; pause < 3; pause++) {
        under.clock.advance(PAUSE);
        range(0, ACCOUNTS).forEach(account -> fetch(under, account));
      }
      assertThat(upstream.count()).isEqualTo(ACCOUNTS + 3);
      assertThat(upstream.count("id-of-client-0")).isEqualTo(4);
      assertThat(upstream.count("id-of-client-1")).isEqualTo(1);
    }
  }

  @Test
  void fewAccountsDoNotOpenItHoweverOftenTheyFail() {
    try (var under = source()) {
      upstream.answer(Answer.html(500));
      for (var turn = 0; turn < 10; turn++) {
        range(1, ACCOUNTS).forEach(account -> fetch(under, account));
      }
      assertThat(upstream.count()).isEqualTo(10 * (ACCOUNTS - 1));
      assertThat(breakerGauge(under)).isZero();
    }
  }

  @Test
  void accountsThatFailDoNotOpenItWhileOthersAreServed() {
    try (var under = source()) {
      range(0, 4 * ACCOUNTS)
          .forEach(
              account -> {
                upstream.answer(account % ACCOUNTS == 0 ? Answer.token() : Answer.html(500));
                fetch(under, account);
              });
      assertThat(upstream.count()).isEqualTo(4 * ACCOUNTS);
      assertThat(breakerGauge(under)).isZero();
    }
  }

  /** 25 accounts get a 500 forever, and their callers keep asking. */
  @Test
  void accountsThatAlwaysFailDoNotBlockTheOthers() {
    try (var under = source()) {
      range(0, 25).forEach(account -> upstream.answer("id-of-client-" + account, Answer.html(500)));
      for (var round = 0; round < 3; round++) {
        range(0, 25).forEach(account -> fetch(under, account));
        under.clock.advance(PAUSE);
      }
      assertThat(breakerGauge(under)).isOne();

      var calls = range(0, 145).mapToObj(account -> later(under, account)).toList();
      var served =
          range(0, 145).filter(i -> calls.get(i).join() instanceof Fetched).boxed().toList();
      assertThat(served).isEqualTo(range(25, 145).boxed().toList());
    }
  }

  @Test
  void whileItIsOpenAccountsThatHaveNotFailedAreTriedOneAfterTheOther() throws Exception {
    try (var under = source()) {
      upstream.answer(Answer.html(500));
      open(under);
      upstream.hold();
      var others =
          range(ACCOUNTS, ACCOUNTS + 5).mapToObj(account -> later(under, account)).toList();
      await().until(() -> upstream.count() == ACCOUNTS + 1);
      assertThat(upstream.count()).isEqualTo(ACCOUNTS + 1);

      upstream.release();
      for (var other : others) {
        assertThat(other.get()).isEqualTo(new Failed(Outage.HTTP_5XX, null));
      }
      assertThat(upstream.count()).isEqualTo(ACCOUNTS + 5);
    }
  }

  @Test
  void afterOneThatGotNoResponseTheOthersAreRefusedForAPause() {
    try (var under = source()) {
      upstream.answer(Answer.closed());
      open(under);
      assertThat(isRefusal(fetch(under, ACCOUNTS))).as("this account may try").isFalse();
      assertThat(isRefusal(fetch(under, ACCOUNTS + 1))).isTrue();

      upstream.answer(Answer.token());
      under.clock.advance(PAUSE);
      assertThat(fetch(under, ACCOUNTS + 1)).isInstanceOf(Fetched.class);
    }
  }

  @Test
  void nobodyWaitsForAnotherLongerThanHalfTheTimeLimit() throws Exception {
    try (var under = source("broker.upstream.timeout", "2s")) {
      upstream.answer(Answer.html(500));
      open(under);
      upstream.hold();
      var grants = new TrackMageAuthorizationCodeClient(under.source);
      var first = supplyAsync(() -> grants.refresh(client(0), new RefreshToken("r")), threads);
      await().until(() -> upstream.count() == ACCOUNTS + 1);

      assertThat(isRefusal(fetch(under, ACCOUNTS))).isTrue();
      assertThat(first).as("may take up to six times the time limit").isNotDone();
      upstream.release();
      assertThat(SourceUnderTest.withoutDetail(first.get()))
          .isEqualTo(new Failed(Outage.HTTP_5XX, null));
    }
  }

  static Stream<Answer> notOutages() {
    return Stream.of(
        Answer.error("invalid_client"),
        Answer.error("made_up"),
        Answer.error("temporarily_unavailable"),
        Answer.html(429),
        Answer.html(200),
        Answer.html(404),
        Answer.truncated(200),
        Answer.raw("noise\r\n"));
  }

  @ParameterizedTest
  @MethodSource("notOutages")
  void anyOtherAnswerLeavesTheBreakerClosed(Answer trouble) {
    try (var under = source()) {
      upstream.answer(trouble);
      range(0, 2 * ACCOUNTS).forEach(account -> fetch(under, account));
      assertThat(upstream.count()).isEqualTo(2 * ACCOUNTS);
      assertThat(breakerGauge(under)).isZero();
    }
  }

  @Test
  void oneUpstreamsOutageLeavesTheOthersAlone() {
    try (var under = source();
        var other = ScriptedUpstream.start()) {
      upstream.answer(Answer.html(500));
      open(under);

      var rc = new Upstream("rc", other.url(), RequestStyle.FORM, "/oauth/v2/token");
      assertThat(under.fetch(SourceUnderTest.client("client-0", rc, null)))
          .isInstanceOf(Fetched.class);
      var moved = new Upstream("production", other.url(), RequestStyle.JSON, "/oauth/v2/token");
      assertThat(under.fetch(SourceUnderTest.client("client-0", moved, null)))
          .as("same name, new URL")
          .isInstanceOf(Fetched.class);
    }
  }

  private static SourceUnderTest source() {
    return source("broker.upstream.timeout", "30s");
  }

  private static SourceUnderTest source(String key, String value) {
    var settings = new HashMap<>(Map.of("broker.upstream.backoff", "400ms…30s"));
    settings.put(key, value);
    return SourceUnderTest.with(settings);
  }

  /** Lets as many accounts fail as open the breaker. */
  private void open(SourceUnderTest under) {
    range(0, ACCOUNTS).forEach(account -> assertThat(isRefusal(fetch(under, account))).isFalse());
    assertThat(breakerGauge(under)).isOne();
  }

  private CompletableFuture<FromUpstream> later(SourceUnderTest under, int account) {
    return supplyAsync(() -> fetch(under, account), threads);
  }

  private FromUpstream fetch(SourceUnderTest under, int account) {
    return under.fetch(client(account));
  }

  private Client client(int account) {
    var production =
        new Upstream("production", upstream.url(), RequestStyle.JSON, "/oauth/v2/token");
    return SourceUnderTest.client("client-" + account, production, null);
  }

  private static boolean isRefusal(FromUpstream result) {
    return result instanceof Failed(var cause, _, _) && cause == Outage.BREAKER_OPEN;
  }

  private static double breakerGauge(SourceUnderTest under) {
    return under.gauge("token_broker.upstream.breaker.open", "production");
  }
}
