package tokenbroker.check;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves that a comparison of two clients files says who gains and who loses access. */
class PolicyDiffTest {

  private static final String NOBODY = "Nobody gains or loses access.";

  @TempDir Path directory;

  /** Each letter pair stands for a rule: an issuer, and a subject or @group. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          c shop:a            | c shop:a            | -          | -        | the same rule
          c shop:a, c shop:b  | c shop:b, c shop:a  | -          | -        | another order
          c shop:a            | c shop:a, c shop:a  | -          | -        | a repeated rule
          c shop:a            | c shop:*            | c shop:*   | -        | a wider rule
          c shop:*            | c shop:a            | -          | c shop:* | a narrower rule
          c shop:*            | c shop:*, c shop:a  | -          | -        | a rule that is covered already
          c shop:*, c shop:a  | c shop:*            | -          | -        | a rule that stays covered
          c shop:*            | c shop:web:*        | -          | c shop:* | a longer prefix
          -                   | c shop:*, c shop:a  | c shop:*   | -        | a new rule that covers another
          c shop:a            | c shop:b            | c shop:b   | c shop:a | another subject
          c shop:a            | d shop:a            | d shop:a   | c shop:a | another issuer
          c @shop:a           | c shop:a            | c shop:a   | c @shop:a | a subject instead of a group
          c @a                | c @a, d @a          | d @a       | -        | the same group of another issuer
          """)
  void onlyCallersThatNoOtherRuleCoversGainOrLoseAccess(
      @Nullable String old, String next, @Nullable String gain, @Nullable String loss, String what)
      throws IOException {
    var report = diff(rulesOfAcme(old), rulesOfAcme(next));

    assertThat(report.lines().filter(line -> line.contains("gains access:")))
        .as(what)
        .allSatisfy(line -> assertThat(line).contains(rules(gain)))
        .hasSize(gain == null ? 0 : 1);
    assertThat(report.lines().filter(line -> line.contains("loses access:")))
        .as(what)
        .allSatisfy(line -> assertThat(line).contains(rules(loss)))
        .hasSize(loss == null ? 0 : 1);
    assertThat(report.contains(NOBODY)).isEqualTo(gain == null && loss == null);
  }

  @Test
  void aWiderRuleSaysWhoHadAccessBefore() throws IOException {
    assertThat(diff(rulesOfAcme("c shop:a"), rulesOfAcme("c shop:*")))
        .isEqualTo(
            """
            client acme
              + gains access: { issuer: c, subject: "shop:*" } (%s, line 1)
                  had access before: { issuer: c, subject: "shop:a" }
            Clients to which callers gain access: 1. Clients to which callers lose access: 0.
            """
                .formatted(directory.resolve("new.yaml")));
  }

  @Test
  void aNarrowerRuleSaysWhoKeepsAccess() throws IOException {
    assertThat(diff(rulesOfAcme("c shop:*"), rulesOfAcme("c shop:a")))
        .contains("- loses access: { issuer: c, subject: \"shop:*\" }")
        .contains("keeps access: { issuer: c, subject: \"shop:a\" }")
        .endsWith(
            "Clients to which callers gain access: 0. Clients to which callers lose access: 1.\n");
  }

  @Test
  void newAndRemovedClientsAreListedByName() throws IOException {
    assertThat(diff("clients: { zeta: , beta: }", "clients: { beta: , alpha: { upstream: rc } }"))
        .isEqualTo(
            """
            client alpha is new, with upstream rc (https://api.rc.trackmage.com)
            client zeta is removed
            Nobody gains or loses access.
            """);
  }

  @Test
  void settingsOfClientsAndUpstreamsThatMatterAreListed() throws IOException {
    var report =
        diff(
            """
            upstreams: { s: { base-url: https://s.example } }
            clients:
              a: { upstream: s, scope: user, return-to: [ https://a.example/ ] }
              b: { upstream: s }
              c: { }
            """,
            """
            upstreams: { s: { base-url: https://t.example, request-style: query } }
            clients:
              a: { upstream: s, return-to: [ https://b.example/ ] }
              b: { upstream: s }
              c: { upstream: rc }
            """);

    assertThat(report)
        .isEqualTo(
            """
            upstream s, used by 2
              base-url changes from https://s.example to https://t.example
              request-style changes from form to query
            client a
              scope changes from "user" to none
              return-to has the new address "https://b.example/"
              return-to no longer has the address "https://a.example/"
            client c
              upstream changes from production (https://api.trackmage.com) to rc (https://api.rc.trackmage.com)
            Nobody gains or loses access.
            """);
  }

  @Test
  void aReportOfManyClientsHasALimit() throws IOException {
    var clients = new StringBuilder("clients:\n");
    for (var i = 0; i < 5_000; i++) {
      clients.append("  c").append(i).append(":\n");
    }

    var report = diff("clients:\n", clients.toString());

    assertThat(report.lines()).hasSize(1_002).contains("  and 4000 more");
  }

  private static String rulesOfAcme(@Nullable String rules) {
    return "clients: { acme: { callers: [" + rules(rules) + "] } }";
  }

  private static String rules(@Nullable String rules) {
    return rules == null
        ? ""
        : rules
            .replaceAll("(\\w) @([^,\\s]+)", "{ issuer: $1, group: \"$2\" }")
            .replaceAll("(\\w) ([\\w:]+[\\w*])(?=,|$)", "{ issuer: $1, subject: \"$2\" }");
  }

  private String diff(String old, String next) throws IOException {
    var out = new ByteArrayOutputStream();
    var report = new Report(new PrintStream(out, true, UTF_8));
    var before = policy("old.yaml", old);
    var after = policy("new.yaml", next);
    new DiffReport(before, after, report).print(PolicyDiff.between(before, after));
    return out.toString(UTF_8);
  }

  private Policy policy(String name, String yaml) throws IOException {
    var file = Files.writeString(directory.resolve(name), yaml);
    var reading = Policy.read(file, null);
    assertThat(reading).isInstanceOf(Policy.Reading.Valid.class);
    return ((Policy.Reading.Valid) reading).policy();
  }
}
