package tokenbroker.clients.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.clients.ClientLabels;
import tokenbroker.clients.ClientName;
import tokenbroker.clients.CredentialsFault.Kind;
import tokenbroker.clients.CredentialsProof.ProofResult;
import tokenbroker.config.BrokerConfig;
import tokenbroker.seal.KeyedHash;
import tokenbroker.testing.KubeletVolume;
import tokenbroker.testing.LogLines;
import tokenbroker.testing.SettableClock;

class ClientDirectoryReloadTest {

  private static final ClientName ACME = new ClientName("acme");
  private static final ClientName BOLT = new ClientName("bolt");

  @TempDir Path files;

  private final SettableClock clock = new SettableClock(Instant.now());
  private final ScriptedProof proof = new ScriptedProof();
  private final ClientDirectory directory = new ClientDirectory();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final LogLines messages = new LogLines(ClientDirectoryReload.class);
  private ClientDirectoryReload reload;

  @BeforeEach
  void twoClientsAreThere() throws IOException {
    var settings =
        Map.of(
            "broker.clients.file", files.resolve("clients.yaml").toString(),
            "broker.clients.secrets", files.resolve("secrets").toString(),
            "broker.issuers.cluster.issuer", "https://cluster.example");
    var config =
        new SmallRyeConfigBuilder()
            .withMapping(BrokerConfig.class)
            .withConverter(Duration.class, 200, new DurationConverter())
            .withSources(new PropertiesConfigSource(settings, "test", 100))
            .build()
            .getConfigMapping(BrokerConfig.class);
    reload =
        new ClientDirectoryReload(
            config,
            new KeyedHash(new byte[32]),
            clock,
            clock,
            directory,
            proof,
            new ClientLabels(directory, config, registry),
            registry);
    clientsFile("clients: { acme: { scope: user }, bolt: }");
    secret("acme", "acme-1");
    secret("bolt", "bolt-1");
  }

  @AfterEach
  void stop() {
    reload.stop();
    messages.close();
  }

  // The file

  @Test
  void nothingIsLoadedBeforeTheFirstRightFile() throws IOException {
    clientsFile("clients: [");
    assertThat(reload.load()).hasSize(1);
    assertThat(directory.isLoaded()).isFalse();

    clientsFile("clients: { acme: }");
    reload.reload();
    assertThat(directory.isLoaded()).isTrue();
    assertThat(secretInUse(ACME)).isEqualTo("acme-1");
  }

  @Test
  void anUnreadableFileIsAFault() throws IOException {
    Files.delete(files.resolve("clients.yaml"));

    assertThat(reload.load())
        .singleElement()
        .asString()
        .contains("the file cannot be read", "check");
  }

  @Test
  void theFirstCredentialsAreUsedWithoutProof() {
    assertThat(reload.load()).isEmpty();

    assertThat(secretInUse(ACME)).isEqualTo("acme-1");
    assertThat(secretInUse(BOLT)).isEqualTo("bolt-1");
    assertThat(proof.tried()).isEmpty();
    assertThat(directory.all()).extracting(Client::name).containsExactly(ACME, BOLT);
  }

  @Test
  void aFileWithTwoFaultsIsRefusedAsAWholeAndBothAreNamed() throws IOException {
    reload.load();
    var before = List.copyOf(directory.all());

    var faults =
        """
        clients:
          acme: { scope: other }
          Bolt: {}
          new: { upstream: nowhere }
        """;
    clientsFile(faults);
    messages.forget();
    reload.reload();
    reload.reload();

    assertThat(directory.all()).containsExactlyElementsOf(before);
    assertThat(messages.lines()).singleElement().asString().contains("line 3", "line 4");
    assertThat(reloads("rejected")).isEqualTo(1);
  }

  @Test
  void aFileThatVanishesChangesNothing() throws IOException {
    reload.load();
    Files.delete(files.resolve("clients.yaml"));

    reload.reload();
    assertThat(reloads("rejected")).isZero();
    clock.advance(Duration.ofSeconds(2));
    reload.reload();
    clock.advance(Duration.ofMinutes(5));
    reload.reload();

    assertThat(directory.find(ACME)).isPresent();
    assertThat(reloads("rejected")).isEqualTo(1);
  }

  @Test
  void whatStaysTheSameIsNeitherAppliedNorLogged() {
    reload.load();
    var before = directory.find(ACME).orElseThrow();

    messages.forget();
    reload.reload();

    assertThat(directory.find(ACME)).containsSame(before);
    assertThat(messages.lines()).isEmpty();
    assertThat(reloads("applied")).isEqualTo(1);
  }

  @Test
  void aFileThatIsStillBeingWrittenIsNotTakenOver() throws IOException {
    secret("core", "core-1");
    reload.load();
    writeInPlace("clients: { acme: { scope: user }, b");
    reload.reload();
    clock.advance(Duration.ofSeconds(1));
    writeInPlace("clients: { acme: { scope: user }, bolt: { scope: other }, co");
    reload.reload();
    assertThat(reloads("rejected")).isZero();

    clock.advance(Duration.ofSeconds(1));
    writeInPlace("clients: { acme: { scope: user }, bolt: { scope: other }, core: }");
    reload.reload();
    assertThat(directory.all()).extracting(Client::name).containsExactly(ACME, BOLT);

    clock.advance(Duration.ofSeconds(3));
    reload.reloadIfSettling();
    assertThat(directory.all()).hasSize(3);
    assertThat(reloads("rejected")).isZero();
  }

  @Test
  void aFileThatIsPutBackAsItWasIsNoChange() throws IOException {
    reload.load();
    writeInPlace("clients:");
    reload.reload();
    clientsFile("clients: { acme: { scope: user }, bolt: }");
    clock.advance(Duration.ofMinutes(1));

    messages.forget();
    reload.reload();
    reload.reloadIfSettling();

    assertThat(messages.lines()).isEmpty();
    assertThat(directory.size()).isEqualTo(2);
  }

  @Test
  void aFileWhoseStampIsAheadOfTheClockSettlesAllTheSame() throws IOException {
    reload.load();
    writeInPlace("clients: { acme: { scope: user }, bolt: , new: }");
    clock.step(Duration.ofDays(-1));

    reload.reload();
    assertThat(directory.size()).isEqualTo(2);
    clock.advance(Duration.ofSeconds(2));
    reload.reloadIfSettling();

    assertThat(directory.size()).isEqualTo(3);
  }

  @Test
  void aFaultyFileThatHasNotSettledIsNotToldOf() throws IOException {
    reload.load();
    messages.forget();
    writeInPlace("clients: { acme: { sc");

    reload.reload();
    assertThat(messages.lines()).isEmpty();
    clock.advance(Duration.ofSeconds(3));
    reload.reloadIfSettling();

    assertThat(messages.lines()).singleElement().asString().contains("has faults");
  }

  @Test
  void aClientThatIsMissingForThirtySecondsIsRemovedAndToldOf() throws IOException {
    reload.load();
    var removed = new ArrayList<ClientName>();
    directory.onRemoved(name -> removed.add(directory.find(name).isEmpty() ? name : ACME));

    messages.forget();
    clientsFile("clients: { acme: { scope: user } }");
    reload.reload();
    assertThat(messages.lines()).anyMatch(line -> line.contains("bolt") && line.contains("30 s"));
    clock.advance(Duration.ofSeconds(29));
    reload.reload();
    assertThat(secretInUse(BOLT)).isEqualTo("bolt-1");
    assertThat(removed).isEmpty();

    clock.advance(Duration.ofSeconds(1));
    reload.reload();
    assertThat(directory.find(BOLT)).isEmpty();
    assertThat(removed).containsExactly(BOLT);
    assertThat(versionsOf("bolt")).isEmpty();
  }

  @Test
  void aClientThatIsBackWithinThirtySecondsWasNeverGone() throws IOException {
    reload.load();
    var before = directory.find(BOLT).orElseThrow();
    var removed = new ArrayList<ClientName>();
    directory.onRemoved(removed::add);
    clientsFile("clients: { acme: { scope: user } }");
    reload.reload();
    clock.advance(Duration.ofSeconds(20));

    clientsFile("clients: { acme: { scope: user }, bolt: }");
    reload.reload();
    clock.advance(Duration.ofMinutes(5));
    reload.reload();

    assertThat(directory.find(BOLT)).hasValue(before);
    assertThat(removed).isEmpty();
  }

  @Test
  void aFaultyFileRemovesNobody() throws IOException {
    reload.load();
    clientsFile("clients: { acme: { scope: user } }");
    reload.reload();
    clientsFile("clients: { acme: [");
    reload.reload();

    clock.advance(Duration.ofMinutes(5));
    reload.reload();
    assertThat(directory.find(BOLT)).isPresent();

    clientsFile("clients: { acme: }");
    reload.reload();
    assertThat(directory.find(BOLT)).isEmpty();
  }

  @Test
  void secretsThatGoBeforeTheirClientAreNoFault() throws IOException {
    reload.load();
    clientsFile("clients: { acme: { scope: user } }");
    reload.reload();
    Files.delete(files.resolve("secrets/bolt/client-id"));
    Files.delete(files.resolve("secrets/bolt/client-secret"));
    messages.forget();

    reload.reload();

    assertThat(secretInUse(BOLT)).isEqualTo("bolt-1");
    assertThat(messages.lines()).isEmpty();
    assertThat(reloads("rejected")).isZero();
  }

  @Test
  void aCallersAccessEndsAtOnce() throws IOException {
    clientsFile("clients: { acme: { callers: [ { issuer: cluster, subject: orders } ] }, bolt: }");
    reload.load();

    clientsFile("clients: { acme: { callers: [] }, bolt: }");
    reload.reload();

    assertThat(directory.find(ACME).orElseThrow().callers()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'a,b,c,d', 'a,b', false",
    "'a,b,c,d', 'a', true",
    "'a,b,c', 'a', false",
    "'a', '', true",
    "'a,b,c,d,e', 'f', true",
  })
  void aFileThatLostMostOfItsClientsIsWarnedOf(String before, String now, boolean warned)
      throws IOException {
    clientsFile(clients(before));
    reload.load();
    messages.forget();

    clientsFile(clients(now));
    reload.reload();

    assertThat(messages.lines().getFirst()).contains("are missing in");
    assertThat(messages.lines().getFirst().contains("may be incomplete")).isEqualTo(warned);
  }

  private static String clients(String names) {
    return names.isEmpty() ? "clients:" : "clients: { " + names.replace(",", ": , ") + ": }";
  }

  @Test
  void anotherScopeOrUpstreamIsAppliedAtOnceAndToldOf() throws IOException {
    reload.load();
    var changes = new ArrayList<String>();
    directory.onChanged(
        (was, is) -> changes.add(is.name() + ": " + was.scope() + " " + is.scope()));

    clientsFile("clients: { acme: { scope: admin, upstream: rc }, bolt: }");
    reload.reload();

    assertThat(directory.find(ACME).orElseThrow().upstream().baseUrl())
        .isEqualTo(URI.create("https://api.rc.trackmage.com"));
    assertThat(changes).containsExactly("acme: user admin");
    assertThat(secretInUse(ACME)).isEqualTo("acme-1");
  }

  @Test
  void aConfigMapIsReadAnewWhenKubernetesSwapsItsLink() throws IOException {
    Files.delete(files.resolve("clients.yaml"));
    var volume = new KubeletVolume(files);
    volume.write(Map.of("clients.yaml", "clients: { acme: }"));
    reload.load();
    assertThat(directory.all()).extracting(Client::name).containsExactly(ACME);

    volume.write(Map.of("clients.yaml", "clients: { bolt: }"));
    reload.reload();
    assertThat(directory.all()).extracting(Client::name).containsExactly(BOLT, ACME);

    clock.advance(Duration.ofSeconds(30));
    reload.reload();
    assertThat(directory.all()).extracting(Client::name).containsExactly(BOLT);
  }

  // Secrets

  @Test
  void aClientWithoutSecretsIsThereWithAProblemAndHarmsNobody() throws IOException {
    Files.delete(files.resolve("secrets/acme/client-secret"));

    assertThat(reload.load()).isEmpty();

    assertThat(directory.find(ACME).orElseThrow().credentials()).isEmpty();
    assertThat(directory.problem(ACME).orElseThrow().code()).isEqualTo("credentials_missing");
    assertThat(secretInUse(BOLT)).isEqualTo("bolt-1");
    assertThat(directory.problem(BOLT)).isEmpty();

    secret("acme", "acme-1");
    reload.reload();
    assertThat(secretInUse(ACME)).isEqualTo("acme-1");
    assertThat(directory.problem(ACME)).isEmpty();
  }

  @Test
  void secretsThatVanishOrSpoilStayInUseAndAreToldOfOnce() throws IOException {
    reload.load();
    Files.delete(files.resolve("secrets/acme/client-secret"));
    Files.writeString(files.resolve("secrets/bolt/client-secret"), "\0");

    messages.forget();
    reload.reload();
    reload.reload();

    assertThat(secretInUse(ACME)).isEqualTo("acme-1");
    assertThat(secretInUse(BOLT)).isEqualTo("bolt-1");
    assertThat(problemOf(ACME)).isEqualTo(Kind.MISSING);
    assertThat(problemOf(BOLT)).isEqualTo(Kind.MALFORMED);
    assertThat(messages.lines())
        .satisfiesExactlyInAnyOrder(
            line ->
                assertThat(line)
                    .contains("Credentials are missing", "acme:", "arrive within 120 s"),
            line -> assertThat(line).contains("Secrets have faults", "bolt:"));
    assertThat(reloads("applied")).isEqualTo(1);
    assertThat(reloads("rejected")).isEqualTo(1);

    clock.advance(Duration.ofMinutes(2));
    messages.forget();
    reload.reload();
    reload.reload();
    assertThat(messages.lines())
        .singleElement()
        .asString()
        .contains("Secrets have faults", "acme:");
    assertThat(reloads("rejected")).isEqualTo(2);
    assertThat(secretInUse(ACME)).isEqualTo("acme-1");
  }

  /** Kubernetes brings a ConfigMap and a Secret into a pod one after the other. */
  @Test
  void anAddedClientWhoseSecretComesAMinuteLaterIsNoFault() throws IOException {
    reload.load();
    messages.forget();
    clientsFile("clients: { acme: { scope: user }, bolt: , new: }");
    reload.reload();
    assertThat(problemOf(new ClientName("new"))).isEqualTo(Kind.MISSING);

    clock.advance(Duration.ofSeconds(90));
    Files.writeString(files.resolve("secrets/new.client-id"), "1_new");
    reload.reload();
    assertThat(problemOf(new ClientName("new"))).isEqualTo(Kind.MISSING);
    Files.writeString(files.resolve("secrets/new.client-secret"), "new-1");
    reload.reload();
    clock.advance(Duration.ofSeconds(90));
    reload.reload();

    assertThat(secretInUse(new ClientName("new"))).isEqualTo("new-1");
    assertThat(messages.lines()).noneMatch(line -> line.contains("Secrets have faults"));
    assertThat(reloads("rejected")).isZero();
  }

  @Test
  void aRemovedClientWhoseSecretGoesFirstIsNoFault() throws IOException {
    reload.load();
    messages.forget();
    Files.delete(files.resolve("secrets/bolt/client-id"));
    Files.delete(files.resolve("secrets/bolt/client-secret"));
    reload.reload();
    assertThat(secretInUse(BOLT)).isEqualTo("bolt-1");

    clock.advance(Duration.ofSeconds(90));
    clientsFile("clients: { acme: { scope: user } }");
    reload.reload();
    clock.advance(Duration.ofSeconds(30));
    reload.reload();
    clock.advance(Duration.ofSeconds(90));
    reload.reload();

    assertThat(directory.find(BOLT)).isEmpty();
    assertThat(messages.lines())
        .noneMatch(line -> line.contains("Secrets have faults"))
        .anyMatch(line -> line.contains("Clients removed with their tokens: 1 (bolt)"));
    assertThat(reloads("rejected")).isZero();
  }

  // Rotation

  @Test
  void newCredentialsReplaceWorkingOnesOnlyOnceProven() throws IOException {
    reload.load();
    var versions = versionsOf("acme");
    secret("acme", "acme-2");

    reload.reload();
    await().until(() -> proof.tried().contains("acme-2"));
    assertThat(secretInUse(ACME)).isEqualTo("acme-1");

    proof.says("acme-2", new ProofResult.Proven());
    await().untilAsserted(() -> assertThat(secretInUse(ACME)).isEqualTo("acme-2"));
    assertThat(directory.problem(ACME)).isEmpty();
    await().untilAsserted(() -> assertThat(reloads("applied")).isEqualTo(2));
    assertThat(versionsOf("acme"))
        .containsExactly(directory.find(ACME).orElseThrow().credentials().orElseThrow().version())
        .isNotEqualTo(versions);

    reload.reload();
    assertThat(proof.tried()).containsExactly("acme-2");
  }

  @Test
  void aTrialHoldsUpNeitherAReloadNorAnotherClient() throws IOException {
    reload.load();
    secret("acme", "acme-2");
    reload.reload();
    await().until(() -> proof.tried().contains("acme-2"));

    proof.says("bolt-2", new ProofResult.Proven());
    secret("bolt", "bolt-2");
    clientsFile("clients: { acme: { scope: user }, bolt: , new: }");
    reload.reload();

    assertThat(directory.find(new ClientName("new"))).isPresent();
    await().untilAsserted(() -> assertThat(secretInUse(BOLT)).isEqualTo("bolt-2"));
    assertThat(secretInUse(ACME)).isEqualTo("acme-1");
  }

  @Test
  void refusedCredentialsChangeNothingAndAreTriedAgainAfterThirtySeconds() throws IOException {
    reload.load();
    proof.says("acme-2", new ProofResult.Refused("invalid_client"));
    secret("acme", "acme-2");

    messages.forget();
    reload.reload();
    await().until(() -> directory.problem(ACME).isPresent());
    clock.step(Duration.ofHours(-1));
    clock.advance(Duration.ofSeconds(29));
    reload.reload();
    assertThat(proof.tried()).containsExactly("acme-2");
    clock.advance(Duration.ofSeconds(1));
    reload.reload();
    await().until(() -> proof.tried().size() == 2);

    assertThat(secretInUse(ACME)).isEqualTo("acme-1");
    assertThat(problemOf(ACME)).isEqualTo(Kind.REFUSED);
    assertThat(messages.lines())
        .singleElement()
        .asString()
        .contains("acme", "invalid_client")
        .doesNotContain("acme-1", "acme-2");
    assertThat(reloads("rejected")).isEqualTo(1);

    proof.says("acme-2", new ProofResult.Proven());
    await()
        .untilAsserted(
            () -> {
              clock.advance(Duration.ofSeconds(30));
              reload.reload();
              assertThat(secretInUse(ACME)).isEqualTo("acme-2");
            });
    assertThat(directory.problem(ACME)).isEmpty();
  }

  @Test
  void filesThatChangeAfterARefusalAreTriedAtOnce() throws IOException {
    reload.load();
    proof.says("wrong", new ProofResult.Refused("invalid_client"));
    secret("acme", "wrong");
    reload.reload();
    await().until(() -> directory.problem(ACME).isPresent());

    proof.says("right", new ProofResult.Proven());
    secret("acme", "right");
    reload.reload();

    await().untilAsserted(() -> assertThat(secretInUse(ACME)).isEqualTo("right"));
    assertThat(directory.problem(ACME)).isEmpty();
  }

  @Test
  void oldSecretsPutBackEndTheTrialOfTheNewOnes() throws IOException {
    reload.load();
    secret("acme", "acme-2");
    reload.reload();
    await().until(() -> proof.tried().contains("acme-2"));

    secret("acme", "acme-1");
    reload.reload();
    proof.says("acme-2", new ProofResult.Proven());
    proof.says("bolt-2", new ProofResult.Proven());
    secret("bolt", "bolt-2");
    reload.reload();
    await().untilAsserted(() -> assertThat(secretInUse(BOLT)).isEqualTo("bolt-2"));

    assertThat(secretInUse(ACME)).isEqualTo("acme-1");
  }

  @Test
  void anUndecidedTrialIsRepeatedAtTheNextReload() throws IOException {
    reload.load();
    proof.says("acme-2", new ProofResult.Undecided());
    secret("acme", "acme-2");
    reload.reload();
    await().until(() -> directory.problem(ACME).isPresent());
    assertThat(problemOf(ACME)).isEqualTo(Kind.UNPROVEN);
    assertThat(secretInUse(ACME)).isEqualTo("acme-1");

    proof.says("acme-2", new ProofResult.Proven());
    reload.reload();

    await().untilAsserted(() -> assertThat(secretInUse(ACME)).isEqualTo("acme-2"));
    assertThat(directory.problem(ACME)).isEmpty();
  }

  /**
   * The new credentials could not be proven, because the client may not use the grant. Now the
   * credentials in use are rejected.
   */
  @Test
  void refusedCredentialsThatWaitAreUsedAtOnceWhenThoseInUseAreRefused() throws IOException {
    reload.load();
    proof.says("acme-2", new ProofResult.Refused("unauthorized_client"));
    secret("acme", "acme-2");
    reload.reload();
    await().until(() -> directory.problem(ACME).isPresent());
    assertThat(secretInUse(ACME)).isEqualTo("acme-1");

    proof.refuses("acme");

    await().untilAsserted(() -> assertThat(secretInUse(ACME)).isEqualTo("acme-2"));
    assertThat(directory.problem(ACME)).isEmpty();
    assertThat(secretInUse(BOLT)).isEqualTo("bolt-1");
  }

  @Test
  void credentialsThatDoNotWorkAreReplacedAtOnce() throws IOException {
    reload.load();
    proof.breaks("acme");
    secret("acme", "acme-2");

    reload.reload();

    assertThat(secretInUse(ACME)).isEqualTo("acme-2");
    assertThat(proof.tried()).isEmpty();
  }

  @Test
  void credentialsForAnotherUpstreamAreUsedAtOnce() throws IOException {
    reload.load();
    clientsFile("clients: { acme: { upstream: rc }, bolt: }");
    secret("acme", "acme-rc");

    reload.reload();

    assertThat(secretInUse(ACME)).isEqualTo("acme-rc");
  }

  @Test
  void aClientThatIsGoneIsNotBroughtBackByItsTrial() throws IOException {
    reload.load();
    secret("acme", "acme-2");
    reload.reload();
    await().until(() -> proof.tried().contains("acme-2"));

    clientsFile("clients: { bolt: }");
    reload.reload();
    clock.advance(Duration.ofSeconds(30));
    reload.reload();
    proof.says("acme-2", new ProofResult.Proven());
    proof.says("bolt-2", new ProofResult.Proven());
    secret("bolt", "bolt-2");
    reload.reload();
    await().untilAsserted(() -> assertThat(secretInUse(BOLT)).isEqualTo("bolt-2"));

    assertThat(directory.find(ACME)).isEmpty();
    assertThat(versionsOf("acme")).isEmpty();
  }

  /** Writes the clients file with a modification time 10 s ago, so that it counts as complete. */
  private void clientsFile(String text) throws IOException {
    writeInPlace(text);
    var ago = clock.instant().minusSeconds(10);
    Files.setLastModifiedTime(files.resolve("clients.yaml"), FileTime.from(ago));
  }

  /** Writes the clients file with the current time, so that it may still be changing. */
  private void writeInPlace(String text) throws IOException {
    Files.writeString(files.resolve("clients.yaml"), text);
    var now = FileTime.from(clock.instant());
    Files.setLastModifiedTime(files.resolve("clients.yaml"), now);
  }

  private void secret(String client, String secret) throws IOException {
    var directory = Files.createDirectories(files.resolve("secrets").resolve(client));
    Files.writeString(directory.resolve("client-id"), client + "-id\n");
    Files.writeString(directory.resolve("client-secret"), secret + "\n");
  }

  private String secretInUse(ClientName client) {
    return directory.find(client).orElseThrow().credentials().orElseThrow().secret().reveal();
  }

  private Kind problemOf(ClientName client) {
    return directory.problem(client).orElseThrow().kind();
  }

  private double reloads(String result) {
    return registry.get("token_broker.config.reload").tag("result", result).counter().count();
  }

  private List<String> versionsOf(String client) {
    return registry
        .find("token_broker.client.credentials.info")
        .tag("client", client)
        .gauges()
        .stream()
        .map(Gauge::getId)
        .map(id -> String.valueOf(id.getTag("version")))
        .toList();
  }
}
