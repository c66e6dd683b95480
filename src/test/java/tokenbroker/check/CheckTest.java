package tokenbroker.check;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tokenbroker.testing.BrokerFiles;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.TestConfig;

/** Proves what the command prints for each question, and its exit status. */
class CheckTest {

  private static final CallerTokens ISSUER = new CallerTokens("k1");
  private static final String ORDERS = "issuer=test,subject=system:serviceaccount:shop:orders";

  @TempDir Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Map<String, String> settings = new HashMap<>();
  private List<String> faultsOfStart = List.of();
  private String input = "";

  @BeforeEach
  void files() {
    var files = new BrokerFiles(directory).callerKeys(ISSUER).credentials("acme", "id", "secret");
    files.clients(
        """
        clients:
          acme:
            callers:
              - { issuer: test, subject: "system:serviceaccount:shop:*" }
              - { issuer: test, group: logistics }
        """);
    settings.put("broker.clients.file", files.clients().toString());
    settings.put("broker.clients.secrets", files.secrets().toString());
    settings.put("broker.issuers.test.issuer", CallerTokens.ISSUER);
    settings.put("broker.issuers.test.keys", files.callerKeys().toString());
  }

  @Test
  void withoutFaultsTheStatusIsZero() {
    assertThat(run()).isZero();
    assertThat(output()).isEqualTo("No fault. Issuers: test\n");
  }

  @Test
  void faultsOfTheStartAndThoseAfterItAreSeparate() throws IOException {
    faultsOfStart = List.of("broker.seal.keys is missing");
    Files.delete(directory.resolve("callers.jwks"));
    Files.delete(directory.resolve("secrets/acme/client-secret"));

    assertThat(run()).isOne();
    assertThat(output())
        .isEqualTo(
            """
            The broker does not start with these faults:
              - broker.seal.keys is missing
            The broker starts with these faults, but rejects requests because of them:
              - the keys of issuer test cannot be read, so its callers get 503: %1$s/callers.jwks does not exist
              - client acme: %1$s/secrets/acme/client-secret is missing: create it
            """
                .formatted(directory));
  }

  @Test
  void aCallerMayAskForAllItsClients() {
    assertThat(run("--as", ORDERS)).isZero();
    assertThat(output())
        .startsWith("The caller \"system:serviceaccount:shop:orders\" of issuer test (no groups)")
        .contains(
            " may use 1 of 1 clients:\n",
            "acme: { issuer: test, subject: \"system:serviceaccount:shop:*\" } (" + clientsFile(),
            ", line 4)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          issuer=test,subject=x,group=logistics           | acme | 0 | Allowed: | line 5
          issuer=test,subject=system:serviceaccount:web:a | acme | 1 | Not allowed (403): no rule | the namespace is "web", but the rule has "shop"
          issuer=test,subject=x,group=Logistics           | acme | 1 | Not allowed (403): no rule | the group differs in upper and lower case
          issuer=test,subject=x                           | acne | 1 | Not allowed (403): there is no client "acne" in | Did you mean acme?
          issuer=test,subject=x                           | ACME | 1 | Not allowed (403): there is no client "ACME" in | clients.yaml
          issuer=corp,subject=x                           | acme | 2 | --as names the issuer "corp" | use one of test
          """)
  void anAnswerForOneClientSaysWhy(
      String caller, String client, int status, String answer, String reason) {
    assertThat(run("--as", caller, "--client", client)).isEqualTo(status);
    assertThat(output() + err.toString(UTF_8)).contains(answer, reason);
  }

  @Test
  void theNearestRulesComeFirstAndTheirNumberHasALimit() throws IOException {
    var yaml = new StringBuilder("clients:\n  acme:\n    callers:\n");
    for (var i = 0; i < 100; i++) {
      yaml.append("      - { issuer: test, subject: \"unlike-").append(i).append("\" }\n");
    }
    yaml.append("      - { issuer: test, subject: orders }\n");
    Files.writeString(clientsFile(), yaml);

    assertThat(run("--as", "issuer=test,subject=order", "--client", "acme")).isOne();
    assertThat(output().lines()).hasSize(11);
    assertThat(output().lines().skip(1).findFirst().orElseThrow())
        .contains("subject: \"orders\"", "line 104");
    assertThat(output()).contains("The nearest of its 101 rules:");
  }

  @Test
  void aClientWithoutCallersSaysSo() throws IOException {
    Files.writeString(clientsFile(), "clients: { acme: }");

    assertThat(run("--as", ORDERS, "--client", "acme")).isOne();
    assertThat(output()).contains("client acme has no callers, so nobody may use it");
  }

  @Test
  void theCallerOfAJwtIsVerifiedFirst() {
    input = ISSUER.token("x", Map.of("groups", "logistics")) + "\n";

    assertThat(run("--jwt", "-", "--client", "acme")).isZero();
    assertThat(output())
        .startsWith("The broker accepts the JWT.\nAllowed: ")
        .contains("group \"logistics\"", "line 5")
        .doesNotContain(input.strip());
  }

  @Test
  void anExpiredJwtIsRejectedAndItsCallerExplainedAllTheSame() {
    input = ISSUER.token("x", Map.of("groups", "logistics", "exp", 1_000));

    assertThat(run("--jwt", "-", "--client", "acme")).isOne();
    assertThat(output())
        .startsWith("The broker rejects the JWT (401): exp is 1970-01-01T00:16:40Z")
        .contains("With a valid JWT of this caller:\nAllowed: ");
  }

  @Test
  void aJwtOfAnUnknownIssuerEndsTheAnswer() {
    input = ISSUER.token("x", Map.of("iss", "https://other.test"));

    assertThat(run("--jwt", "-")).isOne();
    assertThat(output().lines()).hasSize(1).first().asString().contains("https://other.test");
  }

  @Test
  void aReviewThatTheCommandDoesNotAskForIsMentioned() {
    settings.put("broker.issuers.test.token-review", "true");
    settings.put("broker.issuers.test.token-review-token-file", "token");
    input = ISSUER.token("x");

    assertThat(run("--jwt", "-")).isZero();
    assertThat(output()).contains("also asks the API server to review it. This command does not.");
  }

  @Test
  void aJwtThatCannotBeReadIsAWrongOption() {
    assertThat(run("--jwt", directory.resolve("nowhere").toString())).isEqualTo(2);
    assertThat(err.toString(UTF_8)).contains("--jwt cannot read", "nowhere", "Usage:");
  }

  @Test
  void aClientsFileAloneNeedsNoSettings() throws IOException {
    settings.clear();
    var file = Files.writeString(directory.resolve("pr.yaml"), "clients: { acme: { scpoe: a } }");

    assertThat(run("--clients", file.toString())).isOne();
    assertThat(output())
        .startsWith("No issuer is configured, so any issuer's name is accepted")
        .contains(file + ": line 1: client \"acme\" has the unknown key \"scpoe\"");
  }

  @Test
  void issuersAreCheckedIfTheyAreNamed() {
    settings.remove("broker.issuers.test.issuer");
    settings.remove("broker.issuers.test.keys");

    assertThat(run("--clients", clientsFile().toString(), "--issuers", "test,corp")).isZero();
    assertThat(run("--clients", clientsFile().toString(), "--issuers", "corp")).isOne();
    assertThat(output()).contains("line 4: issuer of a callers entry of client \"acme\"");
  }

  @Test
  void aComparisonOfValidFilesIsNoFault() throws IOException {
    var next = Files.writeString(directory.resolve("new.yaml"), "clients: { acme: }");

    assertThat(run("--diff", clientsFile().toString(), next.toString())).isZero();
    assertThat(output()).contains("- loses access: { issuer: test, group: \"logistics\" }");
  }

  @Test
  void aComparisonWithAFaultyFileNamesItsFaults() throws IOException {
    var next = Files.writeString(directory.resolve("new.yaml"), "clients: [");

    assertThat(run("--diff", clientsFile().toString(), next.toString())).isOne();
    assertThat(output()).contains("new.yaml has faults", "new.yaml: line 1: this is not YAML");
  }

  @Test
  void helpAndWrongOptionsShowTheUsage() {
    assertThat(run("--help")).isZero();
    assertThat(output()).isEqualTo(Usage.TEXT);
    assertThat(run("--nonsense")).isEqualTo(2);
    assertThat(err.toString(UTF_8)).startsWith("check: \"--nonsense\"").endsWith(Usage.TEXT);
  }

  private int run(String... arguments) {
    out.reset();
    err.reset();
    return new Check(
            () -> TestConfig.settings(settings),
            (all, config, issuers, clients) -> faultsOfStart,
            Clock.systemUTC(),
            new ByteArrayInputStream(input.getBytes(UTF_8)),
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8))
        .run(List.of(arguments));
  }

  private Path clientsFile() {
    return directory.resolve("clients.yaml");
  }

  private String output() {
    return out.toString(UTF_8);
  }
}
