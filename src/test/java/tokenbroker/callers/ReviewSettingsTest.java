package tokenbroker.callers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tokenbroker.config.BrokerConfig.Unreviewed;
import tokenbroker.testing.TestConfig;

/** Proves which API server reviews an issuer's JWTs, and with which token and CA file. */
class ReviewSettingsTest {

  private static final String POD = "/var/run/secrets/kubernetes.io/serviceaccount";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # keys | keys-token-file | keys-ca-file | api-server | url | token | CA
          https://kubernetes.default.svc/openid/v1/jwks | /a/t | /a/c | - | https://kubernetes.default.svc | /a/t | /a/c
          https://kubernetes.default.svc/openid/v1/jwks | -    | -    | - | https://kubernetes.default.svc | POD/token | -
          https://10.0.0.1:6443/openid/v1/jwks          | /a/t | /a/c | - | https://10.0.0.1:6443 | /a/t | /a/c
          https://rancher/k8s/c-1/openid/v1/jwks        | /a/t | -    | - | https://rancher/k8s/c-1 | /a/t | -
          https://oidc.eks.example/id/7/keys            | -    | -    | - | https://kubernetes.default.svc | POD/token | POD/ca.crt
          https://oidc.eks.example/id/7/keys            | /a/t | /a/c | - | https://kubernetes.default.svc | POD/token | POD/ca.crt
          /etc/keys.jwks                                | -    | -    | - | https://kubernetes.default.svc | POD/token | POD/ca.crt
          https://10.0.0.1:6443/openid/v1/jwks          | /a/t | /a/c | https://10.0.0.1:6443/ | https://10.0.0.1:6443 | /a/t | /a/c
          https://10.0.0.1:6443/openid/v1/jwks          | /a/t | /a/c | https://kubernetes.default.svc | https://kubernetes.default.svc | POD/token | POD/ca.crt
          """)
  void unsetSettingsDefaultToThoseOfTheKeysOrOfPods(
      String keys,
      @Nullable String keysToken,
      @Nullable String keysCa,
      @Nullable String server,
      String url,
      String token,
      @Nullable String ca) {
    var settings =
        settings(
            "keys",
            keys,
            "keys-token-file",
            keysToken,
            "keys-ca-file",
            keysCa,
            "token-review-api-server",
            server);
    assertThat(String.valueOf(settings.url()))
        .isEqualTo(url + "/apis/authentication.k8s.io/v1/tokenreviews");
    assertThat(settings.tokenFile()).hasToString(token.replace("POD", POD));
    assertThat(String.valueOf(settings.caFile()))
        .isEqualTo(ca == null ? "null" : ca.replace("POD", POD));
    assertThat(settings.unreviewed()).isEqualTo(Unreviewed.ACCEPT);
  }

  @Test
  void whatIsSetIsUsed() {
    var settings =
        settings(
            "keys", "https://10.0.0.1:6443/openid/v1/jwks",
            "keys-token-file", "/a/t",
            "token-review-api-server", "https://west:6443",
            "token-review-token-file", "/w/t",
            "token-review-ca-file", "/w/c",
            "token-review-unavailable", "refuse");
    assertThat(settings.url().getHost()).isEqualTo("west");
    assertThat(settings.tokenFile()).hasToString("/w/t");
    assertThat(settings.caFile()).hasToString("/w/c");
    assertThat(settings.unreviewed()).isEqualTo(Unreviewed.REFUSE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          https://west:6443  | token-review-token-file is missing: set it to a file with a bearer token, because the API server reviews tokens only for authenticated clients
          http://west:6443   | token-review-api-server is an http:// URL and not loopback: use https://, because an attacker who changes the response can choose the callers
          /var/run           | token-review-api-server is not the address of a server: write it as https://host:6443
          https://west?a=b   | token-review-api-server is not the address of a server: write it as https://host:6443
          https://u:p@west   | token-review-api-server contains a user name: remove it, and use keys-token-file for a bearer token
          """)
  void aServerThatCannotBeAskedIsAFault(String server, String fault) {
    var faults = new ArrayList<String>();
    read(
        Map.of("keys", "/etc/keys", "token-review", "true", "token-review-api-server", server),
        faults);
    assertThat(faults).containsExactly("broker.issuers.test." + fault);
  }

  @Test
  void nobodyReviewsUnlessItIsSwitchedOn() {
    assertThat(read(Map.of("keys", "/etc/keys"), new ArrayList<>()).review()).isNull();
  }

  private static ReviewSettings settings(@Nullable String... keysAndValues) {
    var settings = new HashMap<String, String>();
    settings.put("token-review", "true");
    for (var i = 0; i < keysAndValues.length; i += 2) {
      var value = keysAndValues[i + 1];
      if (value != null) {
        settings.put(String.valueOf(keysAndValues[i]), value);
      }
    }
    var faults = new ArrayList<String>();
    var read = read(settings, faults);
    assertThat(faults).isEmpty();
    return Objects.requireNonNull(read.review());
  }

  private static IssuerSettings read(Map<String, String> settings, List<String> faults) {
    var all = new HashMap<String, String>();
    all.put("broker.issuers.test.issuer", "https://issuer.test");
    settings.forEach((key, value) -> all.put("broker.issuers.test." + key, value));
    var read = IssuerSettings.read(TestConfig.with(all).issuers(), faults);
    return read.isEmpty()
        ? new IssuerSettings("", "", KeysLocation.parse("x"), null, null, "", Set.of(), null)
        : read.getFirst();
  }
}
