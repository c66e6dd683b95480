package tokenbroker.callers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.callers.Verification.Refused;
import tokenbroker.callers.Verification.Unreviewed;
import tokenbroker.callers.Verification.Verified;
import tokenbroker.testing.ApiServer;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.LogLines;
import tokenbroker.testing.TokenReviewEndpoint;

/**
 * Proves when JWTs are reviewed by the API server, over real HTTP, and what each outcome changes.
 */
class TokenReviewTest {

  private static final String OWN = "token-of-the-broker";

  private static final CallerTokens ISSUER = new CallerTokens("k1");
  private static final CallerTokens FORGER = new CallerTokens("k1");

  @TempDir Path directory;

  private final ApiServer server = ApiServer.publishing(ISSUER.jwks()).requiring(OWN);
  private final TokenReviewEndpoint reviews = server.reviews();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final String jwt = ISSUER.token("orders");
  private Path tokenFile = Path.of("");

  @BeforeEach
  void start() throws IOException {
    tokenFile = Files.writeString(directory.resolve("token"), OWN);
  }

  @AfterEach
  void end() {
    reviews.release();
    threads.close();
    server.close();
  }

  @Test
  void aNewJwtIsReviewedOnceAndThenServedFromMemory() {
    var site = site("accept");
    assertThat(site.verify(jwt)).isInstanceOf(Verified.class);
    for (var i = 0; i < 10; i++) {
      assertThat(site.callers.remembered(jwt)).isNotNull();
      assertThat(site.verify(jwt)).isInstanceOf(Verified.class);
    }
    assertThat(reviews.reviewed()).containsExactly(jwt);
    assertThat(count(site, "ok")).isOne();
  }

  @Test
  void aJwtThatWasWithdrawnIsRefusedAtFirstSight() {
    var site = site("accept");
    reviews.withdraw(jwt);
    assertRefused(site);
    assertThat(count(site, "refused")).isOne();
    assertThat(site.failureOfReviews("test")).isNull();
  }

  @Test
  void aJwtInUseIsReviewedAgainInTheBackgroundAndEndsWhenItWasWithdrawn() {
    var site = site("accept");
    site.verify(jwt);
    reviews.withdraw(jwt);
    reviews.hold();
    site.clock.advance(Duration.ofSeconds(29));
    assertThat(site.callers.remembered(jwt)).isNotNull();
    assertThat(reviews.reviewed()).hasSize(1);

    site.clock.advance(Duration.ofSeconds(1));
    assertThat(site.callers.remembered(jwt))
        .as("a cached JWT does not wait for the review")
        .isNotNull();
    await().until(() -> reviews.reviewed().size() == 2);
    assertThat(site.callers.remembered(jwt)).isNotNull();
    reviews.release();
    await().until(() -> site.callers.remembered(jwt) == null);
    assertRefused(site);
    assertThat(reviews.reviewed()).hasSize(2);
  }

  @Test
  void aJwtThatIsStillGoodIsReviewedTwiceAMinute() {
    var site = site("accept");
    site.verify(jwt);
    for (var i = 2; i <= 9; i++) {
      var expected = i;
      site.clock.advance(Duration.ofSeconds(30));
      assertThat(site.callers.remembered(jwt)).isNotNull();
      await().until(() -> count(site, "ok") == expected);
      assertThat(site.callers.remembered(jwt)).isNotNull();
    }
    assertThat(reviews.reviewed()).hasSize(9);
  }

  @Test
  void aJwtThatNobodyUsedMeanwhileIsReviewedBeforeItIsServed() {
    var site = site("accept");
    site.verify(jwt);
    reviews.withdraw(jwt);
    site.clock.advance(Duration.ofSeconds(45));
    assertThat(site.callers.remembered(jwt)).isNull();
    assertRefused(site);
  }

  @Test
  void aJwtThatWasDeniedCostsAReviewInTenSeconds() {
    var site = site("accept");
    reviews.withdraw(jwt);
    for (var i = 0; i < 5; i++) {
      assertRefused(site);
    }
    assertThat(reviews.reviewed()).hasSize(1);
    reviews.restore(jwt);
    site.clock.advance(Duration.ofSeconds(10));
    assertThat(site.verify(jwt)).isInstanceOf(Verified.class);
  }

  @Test
  void onlyJwtsWhoseSignatureIsGoodAreReviewed() {
    var site = site("accept");
    for (var bad :
        new String[] {
          FORGER.token("orders"),
          jwt + "!",
          jwt.substring(0, jwt.length() - 6),
          ISSUER.token("orders", Map.of("aud", "other")),
          ISSUER.token("orders", Map.of("exp", 1_700_000_000)),
          "a.b.c"
        }) {
      assertThat(site.verify(bad)).isInstanceOf(Refused.class);
    }
    assertThat(reviews.reviewed()).isEmpty();
  }

  @Test
  void thoseWhoBringOneJwtShareItsReview() {
    var site = site("accept");
    reviews.hold();
    var callers =
        IntStream.range(0, 50)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> site.verify(jwt), threads))
            .toList();
    await().until(() -> reviews.reviewed().size() == 1);
    reviews.release();
    assertThat(callers).allSatisfy(each -> assertThat(each.join()).isInstanceOf(Verified.class));
    assertThat(reviews.reviewed()).hasSize(1);
  }

  @Test
  void fewReviewsAreUnderWayAtOnce() {
    var site = site("accept");
    var jwts = IntStream.range(0, 100).mapToObj(i -> ISSUER.token("orders")).toList();
    reviews.hold();
    var callers =
        jwts.stream()
            .map(each -> CompletableFuture.supplyAsync(() -> site.verify(each), threads))
            .toList();
    await().until(() -> reviews.reviewed().size() == 16);
    reviews.release();
    assertThat(callers).allSatisfy(each -> assertThat(each.join()).isInstanceOf(Verified.class));
    assertThat(reviews.mostAtOnce()).isEqualTo(16);
  }

  @Test
  void whileTheApiServerIsOutCallersAreAcceptedByTheirSignatureAndThenReviewed() {
    var site = site("accept");
    reviews.status(500);
    reviews.withdraw(jwt);
    assertThat(site.verify(jwt)).isInstanceOf(Verified.class);
    assertThat(site.callers.remembered(jwt)).isNotNull();
    assertThat(site.failureOfReviews("test")).isEqualTo("status 500");

    reviews.status(201);
    site.clock.advance(Duration.ofSeconds(5));
    assertThat(site.callers.remembered(jwt)).isNotNull();
    await().until(() -> site.callers.remembered(jwt) == null);
    assertRefused(site);
    assertThat(site.failureOfReviews("test")).isNull();
  }

  @Test
  void whileTheApiServerIsOutARememberedCallerIsServedOnWhereReviewsAreOptional() {
    var site = site("accept");
    site.verify(jwt);
    reviews.status(503);
    for (var i = 1; i <= 20; i++) {
      var expected = i;
      site.clock.advance(Duration.ofSeconds(i == 1 ? 30 : 5));
      assertThat(site.callers.remembered(jwt)).isNotNull();
      await().until(() -> count(site, "failed") == expected);
    }
    assertThat(site.callers.remembered(jwt)).isNotNull();
  }

  @Test
  void ifReviewsAreRequiredACallerWithAnOldReviewMustRetryLater() {
    var site = site("refuse");
    site.verify(jwt);
    reviews.status(503);
    assertThat(site.verify(ISSUER.token("orders")))
        .isEqualTo(new Unreviewed(Duration.ofSeconds(2)));
    site.clock.advance(Duration.ofSeconds(44));
    assertThat(site.callers.remembered(jwt)).isNotNull();
    await().until(() -> count(site, "failed") == 2);
    site.clock.advance(Duration.ofSeconds(1));
    assertThat(site.callers.remembered(jwt)).isNull();
    assertThat(site.verify(jwt)).isInstanceOf(Unreviewed.class);

    reviews.status(201);
    site.clock.advance(Duration.ofSeconds(2));
    assertThat(site.verify(jwt)).isInstanceOf(Verified.class);
  }

  @Test
  void whileReviewsFailOneCallerInTwoSecondsTriesAndAllOthersAreAnsweredAtOnce() {
    var site = site("accept");
    reviews.status(500);
    for (var i = 0; i < 20; i++) {
      assertThat(site.verify(ISSUER.token("orders"))).isInstanceOf(Verified.class);
    }
    assertThat(reviews.reviewed()).hasSize(1);
    site.clock.advance(Duration.ofSeconds(2));
    reviews.hold();
    var trying = CompletableFuture.supplyAsync(() -> site.verify(jwt), threads);
    await().until(() -> reviews.reviewed().size() == 2);
    for (var i = 0; i < 20; i++) {
      assertThat(site.verify(ISSUER.token("orders"))).isInstanceOf(Verified.class);
    }
    assertThat(trying).isNotDone();
    assertThat(reviews.reviewed()).hasSize(2);
  }

  @Test
  void anApiServerThatHangsDelaysNoHitAndFails() {
    var site = site("accept");
    site.verify(jwt);
    reviews.hold();
    site.clock.advance(Duration.ofSeconds(30));
    for (var i = 0; i < 1_000; i++) {
      assertThat(site.callers.remembered(jwt)).isNotNull();
    }
    await().until(() -> count(site, "failed") == 1);
    assertThat(site.failureOfReviews("test")).isEqualTo("no response in time");
    assertThat(reviews.reviewed()).hasSize(2);
  }

  @Test
  void anOutageIsToldOnceAMinuteAndItsEndToo() {
    var site = site("accept");
    reviews.status(500);
    try (var log = new LogLines(TokenReviews.class)) {
      for (var i = 0; i < 40; i++) {
        site.verify(ISSUER.token("orders"));
        site.clock.advance(Duration.ofSeconds(2));
        reviews.status(500 + i % 2);
      }
      reviews.status(201);
      site.verify(jwt);
      assertThat(log.lines()).hasSize(3);
      assertThat(log.lines().getFirst())
          .isEqualTo(
              "The API server does not review tokens of issuer test: status 500. The broker accepts"
                  + " callers with a valid signature.");
      assertThat(log.lines().getLast())
          .isEqualTo("The API server reviews tokens of issuer test again");
    }
  }

  static Stream<Arguments> noVerdicts() {
    return Stream.of(
        Arguments.of(204, null, "status 204"),
        Arguments.of(
            302,
            null,
            "status 302, a redirect, which the broker does not follow: set"
                + " token-review-api-server to the target of the redirect"),
        Arguments.of(404, null, "status 404"),
        Arguments.of(429, null, "status 429"),
        Arguments.of(201, "", "the response is not a TokenReview"),
        Arguments.of(201, "<html>", "the response is not JSON"),
        Arguments.of(201, "[]", "the response is not a TokenReview"),
        Arguments.of(201, "{\"kind\":\"Status\"}", "the response is not a TokenReview"),
        Arguments.of(201, "{\"kind\":\"TokenReview\"}", "the response is not a TokenReview"),
        Arguments.of(201, "[".repeat(9_000), "the response is not JSON"),
        Arguments.of(201, "x".repeat(300_000), "the response is larger than 256 KiB"));
  }

  @ParameterizedTest
  @MethodSource("noVerdicts")
  void anAnswerThatIsNoVerdictIsAFailure(int status, @Nullable String body, String reason) {
    var site = site("refuse");
    reviews.status(status);
    reviews.body(body);
    assertThat(site.verify(jwt)).isInstanceOf(Unreviewed.class);
    assertThat(site.failureOfReviews("test")).isEqualTo(reason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"authenticated\":false,\"audiences\":[\"token-broker\"]}",
        "{\"authenticated\":true}",
        "{\"authenticated\":true,\"audiences\":[]}",
        "{\"authenticated\":true,\"audiences\":[\"https://kubernetes.default.svc\"]}",
        "{\"authenticated\":true,\"audiences\":\"token-broker\"}",
        "{\"authenticated\":true,\"audiences\":[\"token-broker\"],\"error\":\"gone\"}",
        "{\"authenticated\":\"true\",\"audiences\":[\"token-broker\"]}",
        "{\"authenticated\":1,\"audiences\":[\"token-broker\"]}"
      })
  void whateverIsNotAuthenticatedForTheAudienceIsDenied(String status) {
    var site = site("accept");
    reviews.body("{\"kind\":\"TokenReview\",\"status\":" + status + "}");
    assertRefused(site);
  }

  @Test
  void aBrokerThatMayNotReviewSaysSo() throws IOException {
    var site = site("refuse");
    reviews.mayReview(false);
    assertThat(site.verify(jwt)).isInstanceOf(Unreviewed.class);
    assertThat(site.failureOfReviews("test")).isEqualTo("status 403");

    reviews.mayReview(true);
    Files.writeString(tokenFile, "another");
    site.clock.advance(Duration.ofSeconds(2));
    assertThat(site.verify(jwt)).isInstanceOf(Unreviewed.class);
    assertThat(site.failureOfReviews("test")).isEqualTo("status 401");

    Files.delete(tokenFile);
    site.clock.advance(Duration.ofSeconds(2));
    assertThat(site.verify(jwt)).isInstanceOf(Unreviewed.class);
    assertThat(site.failureOfReviews("test")).isEqualTo(tokenFile + " does not exist");

    Files.writeString(tokenFile, OWN);
    site.clock.advance(Duration.ofSeconds(2));
    assertThat(site.verify(jwt)).isInstanceOf(Verified.class);
  }

  @Test
  void noLineHoldsAToken() {
    var site = site("refuse");
    try (var log = new LogLines(TokenReviews.class);
        var refused = new LogLines(RefusedCallers.class)) {
      reviews.status(500);
      site.verify(jwt);
      reviews.status(201);
      reviews.withdraw(jwt);
      site.clock.advance(Duration.ofSeconds(2));
      new RefusedCallers(site.clock).log((Refused) site.verify(jwt), "trace");
      assertThat(refused.lines()).hasSize(1);
      assertThat(log.lines()).hasSize(2);
      for (var part : jwt.split("\\.", -1)) {
        assertThat(log.lines()).noneMatch(line -> line.contains(part));
        assertThat(refused.lines()).noneMatch(line -> line.contains(part));
      }
      assertThat(refused.lines().getFirst()).doesNotContain(OWN).contains("(review)", "\"orders\"");
    }
  }

  private void assertRefused(CallersUnderTest site) {
    assertThat(site.verify(jwt))
        .isInstanceOfSatisfying(
            Refused.class, refused -> assertThat(refused.reason()).isEqualTo(Refusal.REVIEW));
    assertThat(site.callers.remembered(jwt)).isNull();
  }

  private CallersUnderTest site(String unavailable) {
    return CallersUnderTest.withKeys(
            server.url(),
            Map.of(
                "keys-token-file",
                tokenFile.toString(),
                "token-review",
                "true",
                "token-review-unavailable",
                unavailable))
        .read();
  }

  private static int count(CallersUnderTest site, String result) {
    return (int)
        site.registry
            .counter("token_broker.token.reviews", "issuer", "test", "result", result)
            .count();
  }
}
