package tokenbroker.startup;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Proves which URLs the broker accepts as its issuer identifier (RFC 8414 §2). */
class OAuthIssuerTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://token-broker.internal",
        "https://token-broker.internal:8443/",
        "https://gateway.internal/token-broker",
        "http://localhost:8080",
        "http://127.0.0.1",
        "http://[::1]:8080"
      })
  void anHttpsUrlOrALoopbackHostIsAccepted(String url) {
    assertThat(OAuthIssuer.faults(URI.create(url))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "token-broker.internal",
        "/oauth2",
        "urn:token-broker",
        "https:///oauth2",
        "ftp://token-broker.internal",
        "http://token-broker.internal",
        "http://127.0.0.1.example.com",
        "https://token-broker.internal?a",
        "https://token-broker.internal?",
        "https://token-broker.internal#a",
        "https://token-broker.internal#",
        "https://not-for-your-eyes@token-broker.internal"
      })
  void anyOtherUrlIsAFaultThatDoesNotShowIt(String url) {
    assertThat(OAuthIssuer.faults(URI.create(url)))
        .singleElement()
        .asString()
        .startsWith("broker.oauth.issuer ")
        .doesNotContain("not-for-your-eyes");
  }
}
