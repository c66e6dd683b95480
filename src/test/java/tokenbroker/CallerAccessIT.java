package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static tokenbroker.testing.Responses.assertProblem;
import static tokenbroker.testing.Responses.json;

import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Clients;
import tokenbroker.testing.Site;

/** Proves that a caller gets the token of a client that it may use, and no other token. */
class CallerAccessIT {

  @RegisterExtension private static final Site SITE = new Site();

  private static BrokerProcess broker;

  @BeforeAll
  static void start() {
    SITE.files()
        .credentials("acme", "id", "secret")
        .clients(
            """
            upstreams:
              test: { base-url: "%s" }
            clients:
              acme:
                upstream: test
                callers:
                  - { issuer: test, subject: "%s" }
                  - { issuer: test, subject: "system:serviceaccount:shipping:*" }
                  - { issuer: test, group: logistics }
            """
                .formatted(SITE.upstream().url(), Clients.CALLER));
    broker = SITE.start(SITE.settings());
  }

  @Test
  void aClientThatIsNotForTheCallerAndOneThatDoesNotExistLookTheSame() {
    var stranger = SITE.token("system:serviceaccount:other:stranger");
    var traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    var forbidden = broker.get("/tokens/acme", stranger, "traceparent", traceparent);
    var missing = broker.get("/tokens/no-such-client", stranger, "traceparent", traceparent);

    assertProblem(forbidden, 403, "forbidden");
    assertThat(missing.statusCode()).isEqualTo(403);
    assertThat(missing.body()).isEqualTo(forbidden.body());
    assertThat(json(missing).path("trace_id").textValue())
        .isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
    assertThat(broker.metric("token_broker_authorization_denied_total{client=\"unknown\""))
        .isPositive();
  }

  @Test
  void callersAreAdmittedByPrefixAndByGroup() {
    var byPrefix = SITE.token("system:serviceaccount:shipping:label-printer");
    var byGroup = SITE.issuer().token("anna", Map.of("groups", List.of("logistics")));
    assertThat(broker.get("/tokens/acme", byPrefix).statusCode()).isEqualTo(200);
    assertThat(broker.get("/tokens/acme", byGroup).statusCode()).isEqualTo(200);
  }

  @Test
  void withoutATokenTheChallengeNamesNoErrorAndWithABadOneItDoes() {
    var none = broker.send(HttpRequest.newBuilder(broker.url("/tokens/acme")).build());
    assertProblem(none, 401, "invalid_token");
    assertThat(none.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");

    var bad = broker.get("/tokens/acme", "not.a.jwt");
    assertProblem(bad, 401, "invalid_token");
    assertThat(bad.headers().firstValue("WWW-Authenticate"))
        .hasValue("Bearer error=\"invalid_token\"");
  }

  /** A proxy in front of the broker may have verified the other credential. */
  @Test
  void twoCredentialsAreNone() {
    var path = "/tokens/acme";
    var jwt = SITE.caller();
    assertThat(broker.get(path, jwt).statusCode()).isEqualTo(200);

    assertProblem(broker.get(path, jwt, "Authorization", "Bearer x"), 401, "invalid_token");
    assertProblem(broker.get(path, jwt, "Authorization", "Basic eDp4"), 401, "invalid_token");
  }
}
