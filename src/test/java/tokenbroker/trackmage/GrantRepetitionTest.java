package tokenbroker.trackmage;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.clients.Client;
import tokenbroker.clients.Upstream.RequestStyle;
import tokenbroker.testing.RawServer;
import tokenbroker.tokens.FailureCause.Outage;
import tokenbroker.tokens.FetchResult.Failed;
import tokenbroker.tokens.FetchResult.Fetched;
import tokenbroker.tokens.FetchResult.FromUpstream;
import tokenbroker.tokens.RefreshToken;

/** Proves what a connection that ends at the wrong moment costs. */
class GrantRepetitionTest {

  private static final String TOKEN = "{\"access_token\":\"t\"}";

  private final RawServer upstream = RawServer.start();
  private final SourceUnderTest under = SourceUnderTest.patient();
  private final TrackMageAuthorizationCodeClient grants =
      new TrackMageAuthorizationCodeClient(under.source);

  @AfterEach
  void close() {
    under.close();
    upstream.close();
  }

  @ParameterizedTest
  @EnumSource
  void aKeptConnectionThatEndsCostsAClientsTokenNothingInAnyStyle(RequestStyle style) {
    upstream.script(
        line -> {
          line.request();
          line.answer(200, TOKEN);
          line.request();
        });
    for (var turn = 0; turn < 3; turn++) {
      assertThat(under.fetch(client(style))).isInstanceOf(Fetched.class);
    }
    assertThat(upstream.connections()).isEqualTo(3);
    assertThat(under.requests("acme"))
        .as("a retry does not count as a request")
        .isEqualTo(Map.of("ok", 3.0));
  }

  static Stream<Function<GrantRepetitionTest, FromUpstream>> grantsThatAreUsedUp() {
    var back = URI.create("https://broker.example/oauth/callback");
    return Stream.of(
        test -> test.grants.refresh(test.client(RequestStyle.FORM), new RefreshToken("r")),
        test -> test.grants.refresh(test.client(RequestStyle.QUERY), new RefreshToken("r")),
        test -> test.grants.exchange(test.client(RequestStyle.FORM), "code", back, "verifier"));
  }

  @ParameterizedTest
  @MethodSource("grantsThatAreUsedUp")
  void oneTimeCredentialsAreSentOnceAndOnANewConnection(
      Function<GrantRepetitionTest, FromUpstream> grant) {
    upstream.script(
        line -> {
          line.request();
          line.answer(200, TOKEN);
          line.waitForEnd();
        });
    under.fetch(client(RequestStyle.FORM));
    assertThat(grant.apply(this)).isInstanceOf(Fetched.class);
    assertThat(upstream.connections()).isEqualTo(2);

    upstream.script(RawServer.Line::request);
    assertThat(SourceUnderTest.withoutDetail(grant.apply(this)))
        .isEqualTo(new Failed(Outage.CONNECT, null));
    assertThat(upstream.heads()).hasSize(3);
  }

  @Test
  void anUpstreamThatTakesNoFormsMayUseThatConnectionAgain() {
    upstream.script(
        line -> {
          while (true) {
            var head = line.request();
            line.answer(head.startsWith("GET") ? 200 : 405, TOKEN);
          }
        });
    assertThat(under.fetch(client(RequestStyle.FORM))).isInstanceOf(Fetched.class);
    assertThat(upstream.connections()).isEqualTo(1);
  }

  private Client client(RequestStyle style) {
    return SourceUnderTest.client(URI.create("http://127.0.0.1:" + upstream.port()), style);
  }
}
