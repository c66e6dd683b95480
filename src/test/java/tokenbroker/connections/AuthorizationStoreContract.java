package tokenbroker.connections;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import tokenbroker.clients.ClientName;
import tokenbroker.connections.Authorization.Progress;
import tokenbroker.connections.Authorization.ResultParameter;
import tokenbroker.connections.Authorization.Visits;
import tokenbroker.connections.AuthorizationStore.Keeping;
import tokenbroker.connections.AuthorizationStore.StoredAuthorization;
import tokenbroker.time.Now;

/** The contract of every store of authorizations. */
public abstract class AuthorizationStoreContract {

  protected static final ClientName ACME = new ClientName("acme");
  private static final Visits VISITS = new Visits("hash-of-a-cookie", List.of("hash-of-a-state"));

  protected final AuthorizationHandle handle = AuthorizationId.next(ACME).handle();
  protected final ResultCode code = ResultCode.next(ACME);

  protected abstract AuthorizationStore store();

  /** Returns the store as another replica sees it. */
  protected abstract AuthorizationStore otherReplica();

  /** The clock of both replicas. */
  protected abstract Now now();

  /** Lets this much time pass, so that shorter-lived entries expire. */
  protected abstract void letPass(Duration time);

  @Test
  void whatIsKeptIsFoundByEveryReplica() {
    var authorization = authorization(new Progress.Begun());
    assertThat(store().keep(handle, authorization)).isEqualTo(new Keeping.Kept());

    assertThat(otherReplica().find(handle).map(StoredAuthorization::authorization))
        .hasValue(authorization);
    assertThat(store().find(AuthorizationId.next(ACME).handle())).isEmpty();
  }

  @Test
  void everyStateOfAnAuthorizationIsKept() {
    store().keep(handle, authorization(new Progress.Begun()));
    for (var progress :
        List.of(
            new Progress.Visited(VISITS),
            new Progress.Claimed(VISITS),
            new Progress.Finished(VISITS, new ResultParameter("result", "one-time-code")))) {
      assertThat(replace(store(), progress)).isTrue();
      assertThat(found().authorization().progress()).isEqualTo(progress);
    }
  }

  @Test
  void anAuthorizationThatHasChangedIsNotReplaced() {
    store().keep(handle, authorization(new Progress.Begun()));
    var seen = found();
    replace(otherReplica(), new Progress.Visited(VISITS));
    var late = seen.authorization().in(new Progress.Claimed(VISITS));

    assertThat(store().replace(handle, seen.revision(), late)).isFalse();
    assertThat(found().authorization().progress()).isEqualTo(new Progress.Visited(VISITS));
  }

  @Test
  void ofManyThatReplaceAnAuthorizationOneWins() throws Exception {
    store().keep(handle, authorization(new Progress.Visited(VISITS)));
    var seen = found();
    var claimed = seen.authorization().in(new Progress.Claimed(VISITS));
    var tries = new ArrayList<Callable<Boolean>>();
    for (var i = 0; i < 20; i++) {
      var replica = i % 2 == 0 ? store() : otherReplica();
      tries.add(() -> replica.replace(handle, seen.revision(), claimed));
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var won = 0;
      for (var tried : threads.invokeAll(tries)) {
        won += tried.get() ? 1 : 0;
      }
      assertThat(won).isOne();
    }
  }

  /** Following its link does not prolong it. */
  @Test
  void anAuthorizationExpiresTenMinutesAfterItBegan() {
    store().keep(handle, authorization(new Progress.Begun()));
    letPass(Authorization.LIFE.minusMinutes(1));
    var seen = found();
    replace(store(), new Progress.Visited(VISITS));
    letPass(Duration.ofMinutes(1));

    assertThat(store().find(handle)).isEmpty();
    assertThat(store().replace(handle, seen.revision(), seen.authorization())).isFalse();
  }

  @Test
  void anOutcomeIsKeptForTenMinutesFromWhenItIsThere() {
    store().keep(handle, authorization(new Progress.Claimed(VISITS)));
    letPass(Authorization.LIFE.minusMinutes(1));
    var finished = new Progress.Finished(VISITS, new ResultParameter("error", "access_denied"));
    var end = now().wall().plus(Authorization.LIFE);
    var seen = found();
    store().replace(handle, seen.revision(), seen.authorization().in(finished, end));
    letPass(Authorization.LIFE.minusMinutes(1));
    assertThat(found().authorization().progress()).isEqualTo(finished);

    letPass(Duration.ofMinutes(1));
    assertThat(store().find(handle)).isEmpty();
  }

  @Test
  void aResultIsFoundByEveryReplicaAndTakenOnce() throws Exception {
    var account = account();
    store().keepResult(code, account);
    assertThat(otherReplica().findResult(code)).isPresent();
    var found = store().findResult(code).orElseThrow();
    assertThat(found.state()).isEqualTo("state of the shop");
    assertThat(found.refreshToken().reveal()).isEqualTo("refresh-token");
    assertThat(found.token().value()).isEqualTo("access-token");
    assertThat(found.token().userId()).isEqualTo("user-id");

    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var taken = 0;
      var tries = new ArrayList<Callable<Boolean>>();
      for (var i = 0; i < 20; i++) {
        var replica = i % 2 == 0 ? store() : otherReplica();
        tries.add(() -> replica.takeResult(code));
      }
      for (var tried : threads.invokeAll(tries)) {
        taken += tried.get() ? 1 : 0;
      }
      assertThat(taken).isOne();
    }
    assertThat(store().findResult(code)).isEmpty();
  }

  @Test
  void aResultExpiresAfterFiveMinutes() {
    store().keepResult(code, account());
    letPass(AuthorizedAccount.LIFE.minusMinutes(1));
    assertThat(store().findResult(code)).isPresent();

    letPass(Duration.ofMinutes(1));
    assertThat(store().findResult(code)).isEmpty();
  }

  /** The token keeps ageing while the result waits to be redeemed. */
  @Test
  void theTokenOfAResultLivesNoLonger() {
    var account = account();
    var before = account.token().remaining(now());
    store().keepResult(code, account);
    letPass(Duration.ofMinutes(4));

    assertThat(otherReplica().findResult(code).orElseThrow().token().remaining(now()))
        .isLessThanOrEqualTo(before.minusMinutes(4))
        .isGreaterThan(before.minusMinutes(5));
  }

  @Test
  void aResultWhoseTokenHasEndedIsAResultStill() {
    store().keepResult(code, account(Duration.ofMinutes(1)));
    letPass(Duration.ofMinutes(2));

    assertThat(store().findResult(code).orElseThrow().token().remaining(now()).isPositive())
        .isFalse();
  }

  @Test
  void aResultOfAnotherClientIsNotThere() {
    store().keepResult(code, account());
    var elsewhere = new ResultCode(new ClientName("other"), code.random());

    assertThat(store().findResult(elsewhere)).isEmpty();
    assertThat(store().takeResult(elsewhere)).isFalse();
  }

  @Test
  void aCallerBeginsNoMoreThanItMayAndOthersGoOn() {
    var shared = new ClientName("busy");
    for (var i = 0; i < AuthorizationStore.MOST_OF_A_CALLER; i++) {
      assertThat(begin(shared, "busy")).isEqualTo(new Keeping.Kept());
    }
    assertThat(begin(shared, "busy"))
        .isInstanceOfSatisfying(
            Keeping.TooMany.class,
            it -> assertThat(it.retryAfter()).isBetween(Duration.ofSeconds(1), Authorization.LIFE));
    assertThat(begin(shared, "calm")).isEqualTo(new Keeping.Kept());
    assertThat(begin(ACME, "busy")).isEqualTo(new Keeping.Kept());

    letPass(Authorization.LIFE);
    assertThat(begin(shared, "busy")).isEqualTo(new Keeping.Kept());
  }

  @Test
  void nothingOfThemIsPrinted() {
    var outcome = new ResultParameter("result", "one-time-code");
    var printed =
        List.of(
            authorization(new Progress.Finished(VISITS, outcome)).toString(),
            outcome.toString(),
            account().toString(),
            code.toString(),
            AuthorizationId.next(ACME).toString(),
            StateParameter.next(handle).toString());

    assertThat(printed.toString())
        .doesNotContain("one-time-code", "verifier-text", "refresh-token", "access-token")
        .doesNotContain(code.random());
  }

  private Keeping begin(ClientName client, String subject) {
    return store()
        .keep(
            AuthorizationId.next(client).handle(),
            AuthorizationFixture.authorization(new Progress.Begun(), subject, now()));
  }

  private boolean replace(AuthorizationStore by, Progress next) {
    var seen = found();
    return by.replace(handle, seen.revision(), seen.authorization().in(next));
  }

  private StoredAuthorization found() {
    return otherReplica().find(handle).orElseThrow();
  }

  protected Authorization authorization(Progress progress) {
    return AuthorizationFixture.authorization(progress, now());
  }

  protected AuthorizedAccount account() {
    return account(Duration.ofHours(1));
  }

  private AuthorizedAccount account(Duration lifetime) {
    return AuthorizationFixture.account(lifetime, now());
  }
}
