package tokenbroker.clients.file;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.callers.CallerRule;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientName;
import tokenbroker.clients.Upstream;
import tokenbroker.clients.Upstream.RequestStyle;

class ClientsFileTest {

  private static final Set<String> ISSUERS = Set.of("cluster", "corporate");

  private static final String SAMPLE =
      """
      upstreams:
        production: { base-url: https://api.trackmage.com }
        rc:         { base-url: https://api.rc.trackmage.com, request-style: query }
        stage:      { base-url: "https://api.stage.example:8443/tm/", exchange-path: /oauth/v2/auth }
      clients:
        acme-eu:
          upstream: production
          scope: user
          return-to: [ "https://shop.example/connected?a=b", "http://localhost:8080/back" ]
          callers:
            - { issuer: cluster, subject: "system:serviceaccount:shop:orders" }
            - { issuer: cluster, subject: "system:serviceaccount:shipping:*" }
            - { issuer: corporate, group: logistics }
        on:
          upstream: stage
        42:
          upstream: rc
      """;

  @Test
  void everythingThatTheFileSaysIsRead() {
    var acme = client(SAMPLE, "acme-eu");

    assertThat(acme)
        .isEqualTo(
            new Client(
                new ClientName("acme-eu"),
                new Upstream(
                    "production",
                    URI.create("https://api.trackmage.com"),
                    RequestStyle.FORM,
                    "/oauth/v2/token"),
                "user",
                List.of("https://shop.example/connected?a=b", "http://localhost:8080/back"),
                List.of(
                    new CallerRule.Subject("cluster", "system:serviceaccount:shop:orders"),
                    new CallerRule.SubjectPrefix("cluster", "system:serviceaccount:shipping:"),
                    new CallerRule.Group("corporate", "logistics")),
                null));
  }

  @Test
  void upstreamsMayComeAfterTheClients() {
    var text =
        """
        clients:
          acme: { upstream: stage }
        upstreams:
          stage: { base-url: "https://stage.example" }
        """;
    assertThat(client(text, "acme").upstream().name()).isEqualTo("stage");
  }

  @Test
  void namesThatYamlTakesForBooleansOrNumbersAreNames() {
    assertThat(read(SAMPLE).keySet()).extracting(ClientName::value).contains("on", "42");
  }

  @Test
  void oneSlashAtTheEndOfABaseUrlIsDropped() {
    assertThat(client(SAMPLE, "on").upstream())
        .isEqualTo(
            new Upstream(
                "stage",
                URI.create("https://api.stage.example:8443/tm"),
                RequestStyle.FORM,
                "/oauth/v2/auth"));
  }

  @Test
  void theReleaseCandidateIsBuiltInAndItsUrlsContainNoSecrets() {
    assertThat(client("clients: { a: { upstream: rc } }", "a").upstream())
        .isEqualTo(
            new Upstream(
                "rc",
                URI.create("https://api.rc.trackmage.com"),
                RequestStyle.FORM,
                "/oauth/v2/token"));
  }

  @Test
  void whatAnOverrideLeavesOutIsAsBuiltIn() {
    var text =
        """
        upstreams: { rc: { base-url: "https://rc.example" }, production: { request-style: json } }
        clients: { a: { upstream: rc }, b: }
        """;

    assertThat(client(text, "a").upstream())
        .extracting(Upstream::baseUrl, Upstream::requestStyle)
        .containsExactly(URI.create("https://rc.example"), RequestStyle.FORM);
    assertThat(client(text, "b").upstream())
        .extracting(Upstream::baseUrl, Upstream::requestStyle)
        .containsExactly(URI.create("https://api.trackmage.com"), RequestStyle.JSON);
  }

  @ParameterizedTest
  @ValueSource(strings = {"clients:", "clients: {}", "upstreams:\nclients:\n", "\uFEFFclients:"})
  void aFileMayHoldNoClients(String text) {
    assertThat(read(text)).isEmpty();
  }

  @Test
  void aSharedListOfCallersMayBeWrittenOnce() {
    var text =
        """
        clients:
          a: { callers: &shop [ { issuer: cluster, subject: s } ] }
          b: { callers: *shop }
        """;

    assertThat(client(text, "b").callers()).containsExactly(new CallerRule.Subject("cluster", "s"));
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        // The document
        arguments("", 1, "empty"),
        arguments("# nothing\n", 1, "empty"),
        arguments("clients:\n  a: [\n", 3, "not YAML"),
        arguments("clients:\n\ta: {}\n", 2, "not YAML"),
        arguments("clients:\n  a: *nobody\n", 2, "not YAML"),
        arguments("clients:\n---\nclients:\n", 2, "more than one document"),
        arguments("clients:\n  a:\n    scope: !!java.net.URL [x]\n", 3, "tag is not allowed"),
        arguments("clients:\n  a:\n    scope: \u0007\n", 3, "does not allow"),
        arguments("[".repeat(60), 0, "exceeds a limit"),
        arguments("- a\n", 1, "the file must be a mapping"),
        arguments("upstreams: {}\n", 1, "has no clients"),
        arguments("clients:\nclient: {}\n", 2, "unknown key \"client\""),
        arguments("clients:\nclients:\n", 2, "twice, first in line 1"),
        arguments("clients:\n  ? [a, b]\n  : {}\n", 2, "a key that is not text"),
        arguments("clients: [a]\n", 1, "clients must be a mapping"),
        // Upstreams
        arguments(upstream("{}"), 2, "has no base-url"),
        arguments(upstream("text"), 2, "must be a mapping"),
        arguments(upstream("{ base-url: }"), 2, "is empty"),
        arguments(upstream("{ base-url: [] }"), 2, "must be text"),
        arguments(upstream("{ base-url: \"\" }"), 2, "is empty"),
        arguments(upstream("{ base-url: api.example }"), 2, "not an absolute https:// URL"),
        arguments(upstream("{ base-url: \"ftp://api.example\" }"), 2, "not an absolute https"),
        arguments(upstream("{ base-url: \"https:///x\" }"), 2, "is not a"),
        arguments(upstream("{ base-url: \"https://a b\" }"), 2, "is not a URL"),
        arguments(upstream("{ base-url: \"https://under_score\" }"), 2, "not an absolute https"),
        arguments(upstream("{ base-url: \"http://api.example\" }"), 2, "is an http:// URL"),
        arguments(
            upstream("{ base-url: \"http://127.0.0.1.evil.example\" }"), 2, "is an http:// URL"),
        arguments(
            upstream("{ base-url: \"http://localhost.evil.example\" }"), 2, "is an http:// URL"),
        arguments(upstream("{ base-url: \"http://0.0.0.0\" }"), 2, "is an http:// URL"),
        arguments(upstream("{ base-url: \"http://[::2]\" }"), 2, "is an http:// URL"),
        arguments(upstream("{ base-url: \"https://u:p@api.example\" }"), 2, "user name"),
        arguments(upstream("{ base-url: \"https://@api.example\" }"), 2, "user name"),
        arguments(upstream("{ base-url: \"https://api.example?\" }"), 2, "has a query"),
        arguments(upstream("{ base-url: \"https://api.example#\" }"), 2, "has a fragment"),
        arguments(upstream("{ base-url: \"https://api.example:0\" }"), 2, "invalid port"),
        arguments(upstream("{ base-url: \"https://api.example:70000\" }"), 2, "invalid port"),
        arguments(
            upstream("{ base-url: \"https://a.example\", request-style: post }"), 2, "use query,"),
        arguments(
            upstream("{ base-url: \"https://a.example\", exchange-path: token }"), 2, "with /"),
        arguments(
            upstream("{ base-url: \"https://a.example\", exchange-path: \"/a?b\" }"), 2, "with /"),
        arguments(
            upstream("{ base-url: \"https://a.example\", exchange-path: \"/a%zz\" }"), 2, "%25"),
        arguments(upstream("{ base-url: \"https://a.example\", timeout: 5s }"), 2, "unknown key"),
        arguments("upstreams:\n  \"a b\": {}\nclients:\n", 2, "not a valid upstream name"),
        // Clients
        arguments("clients:\n  Acme: {}\n", 2, "\"Acme\" is not a valid client name"),
        arguments("clients:\n  -a: {}\n", 2, "not a valid client name"),
        arguments("clients:\n  \"\": {}\n", 2, "not a valid client name"),
        arguments("clients:\n  " + "a".repeat(64) + ": {}\n", 2, "not a valid client name"),
        arguments("clients:\n  a: {}\n  b: {}\n  a: {}\n", 4, "\"a\" twice, first in line 2"),
        arguments("clients:\n  a: text\n", 2, "must be a mapping"),
        arguments(client("secret: x"), 3, "unknown key \"secret\""),
        arguments(client("<<: { scope: x }"), 3, "unknown key \"<<\""),
        arguments(client("scope: a\n    scope: b"), 4, "twice, first in line 3"),
        arguments(client("upstream: nowhere"), 3, "is unknown: use one of \"production, rc\""),
        arguments(client("upstream:"), 3, "is empty"),
        arguments(client("scope: ~"), 3, "is empty"),
        arguments(client("scope: \" \""), 3, "is empty"),
        arguments(client("scope: [user]"), 3, "must be text"),
        arguments(client("scope: \"user  admin\""), 3, "malformed"),
        arguments(client("scope: \"us\\x07er\""), 3, "unprintable"),
        arguments(client("scope: " + "x".repeat(2_049)), 3, "too long"),
        arguments(client("return-to: https://a.example"), 3, "must be a list"),
        arguments(client("return-to:\n      - /connected"), 4, "not an absolute https"),
        arguments(client("return-to:\n      - http://shop.example/"), 4, "is an http:// URL"),
        arguments(client("return-to:\n      - https://shop.example/#x"), 4, "has a fragment"),
        arguments(client("return-to:\n      - \"\""), 4, "is empty"),
        arguments(client("return-to:\n      - javascript:alert(1)"), 4, "not an absolute https"),
        // Callers
        arguments(client("callers: { issuer: cluster }"), 3, "must be a list"),
        arguments(rule("cluster"), 4, "must be a mapping"),
        arguments(rule("{ issuer: cluster }"), 4, "neither subject nor group"),
        arguments(rule("{ issuer: cluster, subject: s, group: g }"), 4, "both subject and group"),
        arguments(rule("{ subject: s }"), 4, "has no issuer: add one of \"cluster, corporate\""),
        arguments(rule("{ issuer: elsewhere, subject: s }"), 4, "is not configured"),
        arguments(rule("{ issuer: cluster, subject: \"\" }"), 4, "is empty"),
        arguments(rule("{ issuer: cluster, subject: { a: b } }"), 4, "must be text"),
        arguments(rule("{ issuer: cluster, subject: \"*\" }"), 4, "a * that is not at the end"),
        arguments(rule("{ issuer: cluster, subject: \"a*\" }"), 4, "a * that is not at the end"),
        arguments(rule("{ issuer: cluster, subject: \"a:*:b\" }"), 4, "a * that is not at the end"),
        arguments(rule("{ issuer: cluster, subject: \"a:*:*\" }"), 4, "a * that is not at the end"),
        arguments(rule("{ issuer: cluster, subject: \"a:**\" }"), 4, "a * that is not at the end"),
        arguments(rule("{ issuer: cluster, group: \"team:*\" }"), 4, "contains a *"),
        arguments(rule("{ issuer: cluster, group: \"\" }"), 4, "is empty"),
        arguments(rule("{ issuer: cluster, group: g, audience: x }"), 4, "unknown key"));
  }

  private static String upstream(String fields) {
    return "upstreams:\n  stage: " + fields + "\nclients:\n  a: { upstream: stage }\n";
  }

  private static String client(String fields) {
    return "clients:\n  a:\n    " + fields + "\n";
  }

  private static String rule(String rule) {
    return client("callers:\n      - " + rule);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aFaultIsNamedOnceWithItsLine(String text, int line, String message) {
    assertThat(faultsOf(text))
        .singleElement()
        .satisfies(
            fault -> {
              assertThat(fault.line()).isEqualTo(line);
              assertThat(fault.message()).contains(message);
            });
  }

  @Test
  void allFaultsOfAFileAreNamedAtOnceInTheOrderOfTheirLines() {
    assertThat(
            faultsOf(
                """
                clients:
                  Acme:
                    scope: []
                    callers: [ { issuer: nobody, subject: "*" } ]
                  good: {}
                  good: {}
                upstreams: { x: { base-url: "http://x.example" } }
                """))
        .extracting(Fault::line)
        .containsExactly(2, 3, 4, 4, 6, 7);
  }

  @Test
  void aFaultRepeatsHostileTextNeitherInFullNorRaw() {
    var fault = faultsOf("clients:\n  \"a\\nb\\e[31m" + "x".repeat(500) + "\": {}\n").getFirst();

    assertThat(fault.message()).hasSizeLessThan(300).contains("\"a?b?[31mx").doesNotContain("\n");
  }

  @Test
  void anAliasCannotMultiplyFaultsWithoutEnd() {
    var text = new StringBuilder("clients:\n  a: &a { x1: , x2: , x3: }\n");
    for (var i = 0; i < 5_000; i++) {
      text.append("  b").append(i).append(": *a\n");
    }

    assertThat(faultsOf(text.toString())).hasSizeLessThanOrEqualTo(1_001);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:8080",
        "http://127.9.8.7",
        "http://[::1]:80",
        "HTTP://LOCALHOST"
      })
  void loopbackMayBePlainHttp(String baseUrl) {
    assertThat(read(upstream("{ base-url: \"" + baseUrl + "\" }"))).isNotEmpty();
  }

  @Test
  void plainHttpIsForDevelopmentAlone() {
    var text = upstream("{ base-url: \"http://api.example\" }");

    assertThat(ClientsFile.parse(text, ISSUERS, true, RuleLines.NONE))
        .isInstanceOf(ClientsFile.Result.Read.class);
    assertThat(ClientsFile.parse(text, ISSUERS, false, RuleLines.NONE))
        .isInstanceOf(ClientsFile.Result.Faulty.class);
  }

  @Test
  void twentyThousandClientsAreRead() {
    var text = new StringBuilder("clients:\n");
    for (var i = 0; i < 20_000; i++) {
      text.append("  client-%d:\n    scope: user\n    callers:\n".formatted(i))
          .append(
              "      - { issuer: cluster, subject: \"system:serviceaccount:shop:%d\" }\n"
                  .formatted(i));
    }

    assertThat(read(text.toString())).hasSize(20_000);
  }

  @Test
  void noDamageToAFileMakesReadingItThrow() {
    var random = new Random(7);
    var marks = "{}[]:,-*&!|>'\"%@`#?\n\t \\\u0000\uFEFF\u2028é~<=".toCharArray();
    for (var round = 0; round < 3_000; round++) {
      var text = new StringBuilder(SAMPLE);
      for (var damage = 0; damage <= random.nextInt(4); damage++) {
        var at = random.nextInt(text.length());
        var mark = marks[random.nextInt(marks.length)];
        if (random.nextBoolean()) {
          text.setCharAt(at, mark);
        } else {
          text.insert(at, mark);
        }
      }
      assertThatCode(() -> ClientsFile.parse(text.toString(), ISSUERS, false, RuleLines.NONE))
          .as("%s", text)
          .doesNotThrowAnyException();
    }
  }

  private static Map<ClientName, Client> read(String text) {
    return switch (ClientsFile.parse(text, ISSUERS, false, RuleLines.NONE)) {
      case ClientsFile.Result.Read(var clients) -> clients;
      case ClientsFile.Result.Faulty(var faults) -> throw new AssertionError(faults.toString());
    };
  }

  private static Client client(String text, String name) {
    return requireNonNull(read(text).get(new ClientName(name)));
  }

  private static List<Fault> faultsOf(String text) {
    return switch (ClientsFile.parse(text, ISSUERS, false, RuleLines.NONE)) {
      case ClientsFile.Result.Read read -> throw new AssertionError("no fault in " + read);
      case ClientsFile.Result.Faulty(var faults) -> faults;
    };
  }
}
