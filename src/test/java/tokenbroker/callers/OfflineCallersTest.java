package tokenbroker.callers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tokenbroker.callers.OfflineCallers.Finding.Accepted;
import tokenbroker.callers.OfflineCallers.Finding.Rejected;
import tokenbroker.callers.OfflineCallers.Finding.Unchecked;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.TestConfig;

/** Proves what a JWT says about its caller if the network must not be used. */
class OfflineCallersTest {

  private static final CallerTokens ISSUER = new CallerTokens("k1");
  private static final CallerTokens FORGER = new CallerTokens("k1");
  private static final String URL = "https://keys.example/jwks";
  private static final Caller ORDERS = new Caller("test", "orders", Set.of("a", "b"));

  @TempDir Path directory;

  @Test
  void aJwtThatAKeyFileVerifiesIsAcceptedWithAllItsGroups() throws IOException {
    assertThat(withKeyFile().verify(ISSUER.token("orders", Map.of("groups", List.of("a", "b")))))
        .isEqualTo(new Accepted(ORDERS));
  }

  @Test
  void aForgedJwtIsRejectedAndStillSaysWhoItClaimsToBe() throws IOException {
    var finding = withKeyFile().verify(FORGER.token("orders", Map.of("groups", List.of("a", "b"))));

    assertThat(finding).isInstanceOf(Rejected.class);
    assertThat(((Rejected) finding).reason()).contains("the signature does not match");
    assertThat(((Rejected) finding).claimed()).contains(ORDERS);
  }

  @Test
  void withKeysAtAUrlTheSignatureIsUncheckedAndNothingIsSent() {
    var callers = with(URL, Map.of("token-review", "true", "token-review-token-file", "token"));

    assertThat(callers.verify(FORGER.token("orders", Map.of("groups", List.of("a", "b")))))
        .isEqualTo(
            new Unchecked(
                ORDERS,
                "the keys of issuer test cannot be read: they are at a URL, and this command does not use the network"));
  }

  @Test
  void aKeyFileThatCannotBeReadIsNamed() {
    var missing = directory.resolve("nowhere.jwks");
    var callers = with(missing.toString(), Map.of());

    assertThat(callers.faultsOfKeyFiles())
        .singleElement()
        .asString()
        .contains("issuer test", missing + " does not exist", "503");
    assertThat(callers.verify(ISSUER.token("orders")))
        .isInstanceOf(Unchecked.class)
        .asString()
        .contains(missing + " does not exist");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          aud    | other               | aud is "other", but must contain "token-broker"
          exp    | 1000                | exp is 1970-01-01T00:16:40Z, but the time is
          nbf    | in half an hour     | nbf is 20
          exp    | soon                | the claim exp is "soon", which is not allowed
          cnf    | key                 | the claim cnf binds the JWT to a key
          iss    | https://other.test  | iss is "https://other.test", but the configured issuers are
          """)
  void theSameClaimsAreRejectedWithAndWithoutKeys(String claim, String value, String reason)
      throws IOException {
    Object given =
        switch (value) {
          case "1000" -> 1_000;
          case "in half an hour" -> Instant.now().getEpochSecond() + 1_800;
          default -> value;
        };
    var jwt = ISSUER.token("orders", Map.of(claim, given));

    for (var callers : List.of(withKeyFile(), with(URL, Map.of()))) {
      assertThat(callers.verify(jwt)).isInstanceOf(Rejected.class);
      assertThat(((Rejected) callers.verify(jwt)).reason()).startsWith(reason);
    }
  }

  @Test
  void aTextThatIsNoJwtIsRejectedWithoutBeingQuoted() throws IOException {
    var finding = withKeyFile().verify("not-for-your-eyes");

    assertThat(finding).isInstanceOf(Rejected.class);
    assertThat(((Rejected) finding).claimed()).isEqualTo(Optional.empty());
    assertThat(finding.toString()).doesNotContain("your-eyes");
  }

  private OfflineCallers withKeyFile() throws IOException {
    var keys = Files.writeString(directory.resolve("keys"), ISSUER.jwks());
    return with(keys.toString(), Map.of());
  }

  private static OfflineCallers with(String keys, Map<String, String> more) {
    var settings = new HashMap<String, String>();
    settings.put("broker.issuers.test.issuer", CallerTokens.ISSUER);
    settings.put("broker.issuers.test.keys", keys);
    more.forEach((key, value) -> settings.put("broker.issuers.test." + key, value));
    return new OfflineCallers(TestConfig.with(settings), Clock.systemUTC());
  }
}
