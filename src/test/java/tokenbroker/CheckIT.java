package tokenbroker;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tokenbroker.testing.BrokerFiles;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.Certificate;
import tokenbroker.testing.CheckProcess;

/** Proves that the packaged broker checks its files and explains its policy without starting. */
class CheckIT {

  private static final CallerTokens ISSUER = new CallerTokens("k1");
  private static final String SECRET = "not-for-your-eyes";

  @TempDir Path directory;

  private BrokerFiles files;

  @BeforeEach
  void files() {
    files = new BrokerFiles(directory).callerKeys(ISSUER).credentials("acme", "id", SECRET);
    files.clients(
        """
        clients:
          acme:
            callers:
              - { issuer: test, subject: "system:serviceaccount:shop:orders" }
              - { issuer: test, group: logistics }
        """);
  }

  @Test
  void rightSettingsAndFilesHaveNoFault() {
    var check = CheckProcess.run(BrokerProcess.with(files));

    assertThat(check).isEqualTo(new CheckProcess(0, "No fault. Issuers: test\n", ""));
  }

  @Test
  void itFindsTheFaultsThatTheStartFinds() {
    files.clients(
        """
        upstreams:
          plain: { base-url: http://trackmage.example }
        clients:
          UPPER: { callers: [] }
          acme: { callers: [ { issuer: unknown, subject: "a*b" } ] }
        """);
    var settings =
        BrokerProcess.with(files)
            .with("broker.seal.keys", directory.resolve("nowhere"))
            .with("broker.tokens.safety-windw", "10s")
            .with("broker.connections.public-url", "http://broker.example")
            .with("broker.redis.password-file", directory.resolve("no-password"))
            .environment("BROKER_UPSTREAM_TIMEOUT", "5");

    var check = CheckProcess.run(settings);

    assertThat(check.status()).isOne();
    assertThat(check.err()).isEmpty();
    var faults = check.out().lines().filter(line -> line.startsWith("  - ")).toList();
    assertThat(faults).hasSize(9);
    assertThat(check.out())
        .contains(files.clients() + ": line 2: ", ": line 4: ", ": line 5: ")
        .contains("(environment variable BROKER_UPSTREAM_TIMEOUT)")
        .doesNotContain("Exception", "\tat ", "\"timestamp\"");
    try (var broker = settings.launch()) {
      assertThat(broker.exitCode()).isNotZero();
      assertThat(faults).allSatisfy(fault -> assertThat(broker.output()).contains(fault));
    }
  }

  @Test
  void itFindsFilesWithWhichTheBrokerStartsButRejectsRequests() throws IOException {
    Files.delete(files.callerKeys());
    files.write("secrets/acme/client-id", " ");

    var check = CheckProcess.run(BrokerProcess.with(files));

    assertThat(check.status()).isOne();
    assertThat(check.out())
        .startsWith("The broker starts with these faults")
        .contains(
            files.callerKeys() + " does not exist",
            "client acme: " + files.secrets().resolve("acme/client-id") + " is empty")
        .doesNotContain(SECRET);
  }

  @Test
  void aCertificateMustBeReadableAndBelongToItsKey() throws IOException {
    var tls = directory.resolve("tls");
    var settings =
        BrokerProcess.with(files)
            .environment("QUARKUS_PROFILE", "tls")
            .with("quarkus.tls.http.key-store.pem.0.cert", tls.resolve("tls.crt"))
            .with("quarkus.tls.http.key-store.pem.0.key", tls.resolve("tls.key"));

    assertThat(CheckProcess.run(settings).out())
        .contains("quarkus.tls.http.key-store: the files are missing, or do not contain");

    Certificate.in(Files.createDirectory(directory.resolve("first"))).writePem(tls);
    assertThat(CheckProcess.run(settings).status()).isZero();

    var second = Certificate.in(Files.createDirectory(directory.resolve("second")));
    second.writePem(directory.resolve("other"));
    Files.copy(directory.resolve("other/tls.key"), tls.resolve("tls.key"), REPLACE_EXISTING);
    var mismatch = CheckProcess.run(settings);
    assertThat(mismatch.status()).isOne();
    assertThat(mismatch.out())
        .contains("quarkus.tls.http.key-store: the private key does not belong to the certificate");
  }

  @Test
  void aSettingOfQuarkusThatCannotBeReadIsNamed() {
    var check =
        CheckProcess.run(BrokerProcess.with(files).with("quarkus.http.idle-timeout", "soon"));

    assertThat(check.status()).isOne();
    assertThat(check.out())
        .contains("quarkus.http.idle-timeout", "\"soon\"")
        .doesNotContain("IllegalArgumentException", "SRCFG", "\tat ");
  }

  @Test
  void itOpensNoPortConnectsToNothingAndWritesNothing() throws IOException {
    try (var other = listening()) {
      var address = "127.0.0.1:" + other.getLocalPort();
      files.clients(
          """
          upstreams: { test: { base-url: "http://%s" } }
          clients: { acme: { upstream: test, callers: [ { issuer: test, subject: orders } ] } }
          """
              .formatted(address));
      var settings =
          BrokerProcess.with(files)
              .with("quarkus.redis.hosts", "redis://" + address)
              .with("quarkus.http.host", "127.0.0.1")
              .with("quarkus.http.port", other.getLocalPort())
              .with("broker.issuers.test.keys", "http://" + address + "/openid/v1/jwks")
              .with("broker.issuers.test.token-review", "true")
              .with("broker.issuers.test.token-review-token-file", files.clients());
      var before = state();

      var everything = CheckProcess.run(settings);
      var jwt = CheckProcess.runWithInput(ISSUER.token("orders"), settings, "--jwt", "-");

      assertThat(everything.out() + jwt.out())
          .contains("No fault.")
          .contains("Its signature was not checked: the keys of issuer test cannot be read")
          .contains("may use 1 of 1 clients");
      assertThat(everything.status() + jwt.status()).isZero();
      assertThat(state()).isEqualTo(before);
      other.setSoTimeout(1);
      assertThatThrownBy(other::accept).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void aCallerIsExplained() {
    var settings = BrokerProcess.with(files);

    var allowed =
        CheckProcess.run(
            settings, "--as", "issuer=test,subject=x,group=logistics", "--client=acme");
    assertThat(allowed.status()).isZero();
    assertThat(allowed.out()).contains("Allowed: ", files.clients() + ", line 5");

    var near = "issuer=test,subject=system:serviceaccount:shop:order";
    var refused = CheckProcess.run(settings, "--as", near, "--client", "acme");
    assertThat(refused.status()).isOne();
    assertThat(refused.out()).contains("the name is \"order\", but the rule has \"orders\"");

    assertThat(CheckProcess.run(settings, "--as", near, "--client", "acne").out())
        .contains("there is no client \"acne\"", "Did you mean acme?");
  }

  @Test
  void theCallerOfAJwtIsExplainedAndTheJwtIsNeverPrinted() {
    var settings = BrokerProcess.with(files);
    var claims = Map.<String, Object>of("groups", List.of("logistics", "sales"));
    var good = ISSUER.token("système", claims);
    var forged = new CallerTokens("k1").token("x", claims);
    files.write("jwt", forged);

    var accepted = CheckProcess.runWithInput(good, settings, "--jwt", "-", "--client", "acme");
    var rejected = CheckProcess.run(settings, "--jwt", directory.resolve("jwt").toString());

    assertThat(accepted.status()).isZero();
    assertThat(accepted.out())
        .contains("The broker accepts the JWT.", "\"système\"", "groups \"logistics\", \"sales\"");
    assertThat(rejected.status()).isOne();
    assertThat(rejected.out())
        .contains("rejects the JWT (401): the signature does not match", "may use 1 of 1 clients");
    for (var jwt : List.of(good, forged)) {
      assertThat(accepted.out() + accepted.err() + rejected.out() + rejected.err())
          .doesNotContain(jwt)
          .doesNotContain(jwt.substring(jwt.lastIndexOf('.') + 1));
    }
  }

  @Test
  void aPullRequestNeedsNeitherSettingsNorSecrets() {
    files.write("new.yaml", "clients: { acme: { callers: [ { issuer: corp, group: sales } ] } }");
    var next = directory.resolve("new.yaml").toString();
    var nothing = new BrokerProcess.Settings();

    assertThat(CheckProcess.run(nothing, "--clients", next, "--issuers", "corp").status()).isZero();
    var wrong = CheckProcess.run(nothing, "--clients", next, "--issuers", "test");
    assertThat(wrong.status()).isOne();
    assertThat(wrong.out()).contains(next + ": line 1: issuer of a callers entry");

    var diff = CheckProcess.run(nothing, "--diff", files.clients().toString(), next);
    assertThat(diff.status()).isZero();
    assertThat(diff.out())
        .contains(
            "+ gains access: { issuer: corp, group: \"sales\" } (" + next + ", line 1)",
            "- loses access: { issuer: test, group: \"logistics\" } (" + files.clients());
  }

  @Test
  void aWrongOptionHasAStatusOfItsOwn() {
    var check = CheckProcess.run(new BrokerProcess.Settings(), "--cleints", "clients.yaml");

    assertThat(check.status()).isEqualTo(2);
    assertThat(check.out()).isEmpty();
    assertThat(check.err()).startsWith("check: \"--cleints\" is not an option").contains("Usage:");
  }

  @Test
  void aHundredThousandClientsAreCheckedAndTheReportHasALimit() {
    var yaml = new StringBuilder("clients:\n");
    for (var i = 0; i < 100_000; i++) {
      yaml.append("  c")
          .append(i)
          .append(": { callers: [ { issuer: test, subject: s")
          .append(i % 10)
          .append(" } ] }\n");
    }
    files.clients(yaml.toString());

    var check = CheckProcess.run(BrokerProcess.with(files));
    assertThat(check.status()).isOne();
    assertThat(check.out().lines()).hasSize(1_002).last().isEqualTo("  and 99000 more");

    var asked = CheckProcess.run(BrokerProcess.with(files), "--as", "issuer=test,subject=s7");
    assertThat(asked.out().lines().findFirst().orElseThrow())
        .contains("may use 10000 of 100000 clients");
    assertThat(asked.out().lines()).hasSize(1_002).last().isEqualTo("  and 9000 more");
  }

  private static ServerSocket listening() throws IOException {
    return new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  }

  /** Returns the time of the last change of each file. */
  private Map<Path, FileTime> state() throws IOException {
    var state = new TreeMap<Path, FileTime>();
    try (var all = Files.walk(directory)) {
      for (var each : all.toList()) {
        state.put(each, Files.getLastModifiedTime(each));
      }
    }
    return state;
  }
}
