package tokenbroker.callers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tokenbroker.callers.Verification.Overloaded;
import tokenbroker.callers.Verification.Refused;
import tokenbroker.callers.Verification.Verified;
import tokenbroker.testing.ApiServer;
import tokenbroker.testing.CallerTokens;

/**
 * Proves that JWTs with unknown key ids delay no other caller while the issuer's key endpoint
 * hangs.
 */
class UnknownKeysTest {

  /** More than may wait for verification at once. */
  private static final int FLOOD = 5_000;

  private static final int WAITING = 64;

  private static final CallerTokens KNOWN = new CallerTokens("k1");
  private static final CallerTokens NEXT = new CallerTokens("k2");

  private final ApiServer server = ApiServer.publishing(KNOWN.jwks());
  private final CallersUnderTest site = CallersUnderTest.withKeys(server.url()).read();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void end() {
    server.release();
    threads.close();
    server.close();
  }

  @Test
  void aFewWaitForTheKeysTheOthersAreAnsweredAtOnceAndKnownKeysAreNotDelayed() {
    server.hold();
    var flood = verifications(NEXT.token("orders"), FLOOD);
    await().until(() -> done(flood).size() == FLOOD - WAITING);
    assertThat(done(flood)).hasOnlyElementsOfType(Overloaded.class);

    for (var i = 0; i < 100; i++) {
      assertThat(site.verify(KNOWN.token("orders"))).isInstanceOf(Verified.class);
    }
    assertThat(done(flood)).as("the issuer still hangs").hasSize(FLOOD - WAITING);

    server.release();
    await().until(() -> done(flood).size() == FLOOD);
    assertThat(done(flood)).filteredOn(Refused.class::isInstance).hasSize(WAITING);
    assertThat(server.authorizations()).as("reads of the keys").hasSize(2);
  }

  @Test
  void callersOfANewKeyWhoWaitForItAreLetIn() {
    server.hold();
    server.body(NEXT.jwks());
    var callers = verifications(NEXT.token("orders"), WAITING);
    await().until(() -> server.authorizations().size() == 2);
    server.release();

    await().until(() -> done(callers).size() == WAITING);
    assertThat(done(callers)).hasOnlyElementsOfType(Verified.class);
  }

  private List<CompletableFuture<Verification>> verifications(String jwt, int count) {
    var begun = new ArrayList<CompletableFuture<Verification>>();
    for (var i = 0; i < count; i++) {
      begun.add(CompletableFuture.supplyAsync(() -> site.verify(jwt), threads));
    }
    return begun;
  }

  private static List<Verification> done(List<CompletableFuture<Verification>> begun) {
    return begun.stream().filter(CompletableFuture::isDone).map(CompletableFuture::join).toList();
  }
}
