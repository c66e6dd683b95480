package tokenbroker.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Proves what {@code kubectl apply -k} would send for each overlay and each component. */
class ManifestsTest {

  private static final Path PRODUCTION = Path.of("k8s", "overlays", "production");
  private static final Path DEVELOPMENT = Path.of("k8s", "overlays", "development");
  private static final Path CONSUMER = Path.of("k8s", "examples", "consumer");
  private static final Path SIDECAR = Path.of("k8s", "examples", "sidecar-nginx");

  @BeforeEach
  void kubectl() {
    Tool.KUBECTL.assumeThere();
  }

  static Stream<Path> kustomizations() throws IOException {
    return Stream.of(
        Path.of("k8s", "base"),
        DEVELOPMENT,
        PRODUCTION,
        CONSUMER,
        SIDECAR,
        withoutTls(),
        with(PRODUCTION, "connections"),
        with(PRODUCTION, "connections-gateway"),
        with(PRODUCTION, "token-review"),
        with(Path.of("k8s", "base")));
  }

  @ParameterizedTest
  @MethodSource("kustomizations")
  void everyFieldIsOneThatItsTypeHas(Path kustomization) {
    assertThat(Manifest.rendered(kustomization))
        .hasSizeGreaterThanOrEqualTo(3)
        .allSatisfy(manifest -> assertThat(KubernetesTypes.read(manifest)).isNotNull());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          periodSeconds: 1             | periodSecond: 1
          readOnlyRootFilesystem: true | readOnlyRootFileSystem: true
          maxSurge: 1                  | maxSurges: 1
          matchLabelKeys:              | matchLabelsKeys:
          failureThreshold: 60         | failureThreshold: sixty
          expr: absent                 | expression: absent
          jobLabel:                    | joblabel:
          property: ca.crt             | properties: ca.crt
          minReplicas: 2               | minReplica: 2
          kind: PodMonitor             | kind: PodMonitors
          """)
  void aMisspeltFieldOrAValueOfAnotherTypeIsRefused(String right, String wrong) {
    var rendered = Tool.KUBECTL.run(Path.of("."), "kustomize", PRODUCTION.toString()).output();
    assertThat(rendered).contains(right);
    var misspelt = Manifest.all(rendered.replace(right, wrong));
    assertThatThrownBy(() -> misspelt.forEach(KubernetesTypes::read))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @MethodSource("kustomizations")
  void everyPodMeetsThePodSecurityStandardRestricted(Path kustomization) {
    assertThat(pods(kustomization))
        .isNotEmpty()
        .allSatisfy(
            pod -> {
              assertThat(Manifest.at(pod, "automountServiceAccountToken")).contains(false);
              assertThat(Manifest.at(pod, "securityContext", "runAsNonRoot")).contains(true);
              assertThat(Manifest.at(pod, "securityContext", "runAsUser")).get().isNotEqualTo(0);
              assertThat(Manifest.at(pod, "securityContext", "seccompProfile", "type"))
                  .contains("RuntimeDefault");
              assertThat(pod).doesNotContainKeys("hostNetwork", "hostPID", "hostIPC");
              assertThat(containers(pod))
                  .allSatisfy(
                      container ->
                          assertThat(Manifest.at(container, "securityContext"))
                              .contains(
                                  Map.of(
                                      "allowPrivilegeEscalation", false,
                                      "readOnlyRootFilesystem", true,
                                      "capabilities", Map.of("drop", List.of("ALL")))));
              assertThat(Manifest.listAt(pod, "volumes"))
                  .allSatisfy(volume -> assertThat(volume).doesNotContainKey("hostPath"));
            });
  }

  @Test
  void everyVolumeThatIsMountedIsThereAndTheOtherWayRound() throws IOException {
    for (var kustomization : kustomizations().toList()) {
      assertThat(pods(kustomization))
          .allSatisfy(
              pod ->
                  assertThat(names(mounts(pod))).isEqualTo(names(Manifest.listAt(pod, "volumes"))));
    }
  }

  @Test
  void aRolloutTakesNoReplicaAwayBeforeAnotherIsReady() {
    var deployment = broker(PRODUCTION);
    assertThat(deployment.mapping("spec", "strategy", "rollingUpdate"))
        .containsEntry("maxUnavailable", 0);
    assertThat(deployment.at("spec", "replicas"))
        .as("replicas, because the autoscaler sets them")
        .isEmpty();
    assertThat(one(PRODUCTION, "HorizontalPodAutoscaler").at("spec", "minReplicas")).contains(2);
    assertThat(one(PRODUCTION, "PodDisruptionBudget").at("spec", "maxUnavailable")).contains(1);
  }

  @Test
  void theGracePeriodIsLongerThanTheDrain() throws IOException {
    var properties = new Properties();
    properties.load(
        new StringReader(Files.readString(Path.of("src/main/resources/application.properties"))));
    var drain =
        Stream.of("quarkus.shutdown.delay", "quarkus.shutdown.timeout")
            .mapToLong(key -> Duration.parse("PT" + properties.getProperty(key)).toSeconds())
            .sum();
    assertThat(broker(PRODUCTION).at("spec", "template", "spec", "terminationGracePeriodSeconds"))
        .get()
        .satisfies(grace -> assertThat((long) (Integer) grace).isBetween(drain + 3, drain + 15));
  }

  @Test
  void probesAndMetricsAreOnTheManagementPortAndTheServiceIsNot() {
    var container = container(broker(PRODUCTION));
    for (var probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
      assertThat(Manifest.at(container, probe, "httpGet", "port")).contains("management");
    }
    assertThat(Manifest.listAt(container, "ports"))
        .contains(Map.of("name", "management", "containerPort", 9000));
    assertThat(one(PRODUCTION, "PodMonitor").list("spec", "podMetricsEndpoints").getFirst())
        .containsEntry("port", "management");
    assertThat(named(PRODUCTION, "Service", "token-broker").list("spec", "ports"))
        .singleElement()
        .satisfies(port -> assertThat(port).containsEntry("port", 8080));
  }

  @Test
  void productionServesCallersOverTlsUnlessItIsLeftOut() throws IOException {
    assertThat(settings(PRODUCTION)).containsEntry("QUARKUS_PROFILE", "tls");
    assertThat(servicePort(PRODUCTION))
        .containsEntry("name", "callers")
        .containsEntry("targetPort", "callers")
        .containsEntry("appProtocol", "https");
    assertThat(one(PRODUCTION, "Certificate").text("spec", "secretName"))
        .contains("token-broker-tls");
    assertThat(volume(broker(PRODUCTION), "tls", "secret", "secretName"))
        .isEqualTo("token-broker-tls");

    assertThat(settings(withoutTls())).doesNotContainKey("QUARKUS_PROFILE");
    assertThat(servicePort(withoutTls()))
        .containsEntry("name", "callers")
        .containsEntry("appProtocol", "http");
  }

  @Test
  void theConsumerAsksForAHostOfTheCertificateAndTrustsItsAuthority() {
    var environment = environment(one(CONSUMER, "Deployment"));
    var broker = URI.create(environment.get("BROKER"));
    assertThat(broker).hasScheme("https").hasPort(8080);
    assertThat((List<?>) one(PRODUCTION, "Certificate").at("spec", "dnsNames").orElseThrow())
        .asInstanceOf(InstanceOfAssertFactories.list(String.class))
        .contains(broker.getHost());
    assertThat(environment.get("BROKER_CA_FILE"))
        .startsWith(
            String.valueOf(
                mounts(pods(CONSUMER).getFirst()).stream()
                    .filter(mount -> "token-broker-ca".equals(mount.get("name")))
                    .findFirst()
                    .orElseThrow()
                    .get("mountPath")));
    assertThat(environment(named(DEVELOPMENT, "Deployment", "orders")))
        .as("the development overlay has no TLS")
        .containsEntry("BROKER", "http://token-broker:8080")
        .doesNotContainKey("BROKER_CA_FILE");
  }

  @Test
  void oneSecretThatIsMountedWholeHoldsTheCredentialsOfAllClients() {
    for (var overlay : List.of(PRODUCTION, DEVELOPMENT)) {
      var volume = volume(broker(overlay), "secrets", "secret");
      assertThat(volume)
          .as("without items, so that a new key is a new file")
          .isEqualTo(
              Map.of("secretName", "token-broker-clients", "optional", true, "defaultMode", 0440));
    }
    assertThat(named(PRODUCTION, "ExternalSecret", "token-broker-clients").at("spec", "target"))
        .contains(Map.of("name", "token-broker-clients"));
    var yaml =
        named(DEVELOPMENT, "ConfigMap", "token-broker-clients").mapping("data").get("clients.yaml");
    var clients = Manifest.all(String.valueOf(yaml)).getFirst().mapping("clients").keySet();
    assertThat(named(DEVELOPMENT, "Secret", "token-broker-clients").mapping("data").keySet())
        .containsExactlyInAnyOrderElementsOf(
            clients.stream()
                .flatMap(name -> Stream.of(name + ".client-id", name + ".client-secret"))
                .toList());
  }

  /** The patches that replace a volume, as the guides show them. */
  @ParameterizedTest
  @CsvSource({"kubernetes.md, secrets, projected", "recovery.md, seal, csi"})
  void anOverlayCanReplaceAVolumeOfSecrets(String guide, String name, String kind)
      throws IOException {
    var text = Files.readString(Path.of("docs", guide));
    var start =
        text.indexOf("      volumes:\n        - name: " + name + "\n          secret: null\n");
    var patch = text.substring(start, text.indexOf("```", start));
    var site = with(PRODUCTION, "token-review");
    Files.writeString(
        site.resolve("volume.yaml"),
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: token-broker }\nspec:\n  template:\n    spec:\n"
            + patch);
    Files.writeString(
        site.resolve("kustomization.yaml"),
        "patches: [ { path: volume.yaml } ]\n",
        StandardOpenOption.APPEND);

    assertThat(KubernetesTypes.read(broker(site))).isNotNull();
    assertThat(broker(site).list("spec", "template", "spec", "volumes"))
        .filteredOn(volume -> name.equals(volume.get("name")))
        .singleElement()
        .satisfies(volume -> assertThat(volume).containsOnlyKeys("name", kind));
  }

  @Test
  void nothingSecretIsInProduction() {
    assertThat(Manifest.rendered(PRODUCTION))
        .extracting(Manifest::kind)
        .contains("ExternalSecret")
        .doesNotContain("Secret");
  }

  @Test
  void theConsumerHasATokenForTheBrokerAndForNobodyElse() {
    var token =
        Manifest.listOf(
            volume(one(CONSUMER, "Deployment"), "token-broker", "projected", "sources"));
    assertThat(token)
        .singleElement()
        .satisfies(
            source ->
                assertThat(Manifest.at(source, "serviceAccountToken", "audience"))
                    .contains("token-broker"));
    assertThat(one(CONSUMER, "Deployment").mapping("spec", "template", "metadata", "labels"))
        .as("labels that the broker's NetworkPolicy admits")
        .containsAllEntriesOf(callersLabels());
  }

  /**
   * Without token reviews, the broker has no role. With them, it has only the role that they need.
   */
  @Test
  void theBrokerMayHaveTokensReviewedWhereTheyAreAndNothingElse() throws IOException {
    assertThat(Manifest.rendered(PRODUCTION)).noneMatch(each -> each.kind().contains("Role"));

    var site = with(PRODUCTION, "token-review");
    assertThat(Manifest.rendered(site))
        .filteredOn(each -> each.kind().contains("Role"))
        .singleElement()
        .satisfies(
            binding -> {
              assertThat(binding.mapping("roleRef"))
                  .containsEntry("kind", "ClusterRole")
                  .containsEntry("name", "system:auth-delegator");
              assertThat(binding.list("subjects"))
                  .containsExactly(
                      Map.of(
                          "kind", "ServiceAccount",
                          "name", "token-broker",
                          "namespace", broker(site).at("metadata", "namespace").orElseThrow()));
            });
    assertThat(settings(site))
        .containsEntry("BROKER_ISSUERS__CLUSTER__TOKEN_REVIEW", "true")
        .doesNotContainKey("BROKER_ISSUERS__CLUSTER__TOKEN_REVIEW_UNAVAILABLE");
    var mount =
        Manifest.listAt(container(broker(site)), "volumeMounts").stream()
            .filter(each -> "token-review".equals(each.get("name")))
            .findFirst()
            .orElseThrow();
    for (var file : List.of("TOKEN_FILE", "CA_FILE")) {
      assertThat(settings(site).get("BROKER_ISSUERS__CLUSTER__TOKEN_REVIEW_" + file))
          .asString()
          .startsWith(mount.get("mountPath") + "/");
    }
  }

  @Test
  void browsersReachWhatIsTheirsAndNothingElse() throws IOException {
    var site = with(PRODUCTION, "connections");
    var address = one(site, "Ingress").list("spec", "rules").getFirst();
    assertThat(Manifest.listAt(address, "http", "paths"))
        .extracting(each -> each.get("path"), each -> each.get("pathType"))
        .containsExactly(tuple("/connect", "Prefix"), tuple("/oauth/callback", "Exact"));
    assertThat(Files.readString(PRODUCTION.resolve("settings.env")))
        .contains("# BROKER_CONNECTIONS_PUBLIC_URL=https://" + address.get("host"));
    assertThat(one(site, "Ingress").mapping("metadata", "annotations"))
        .containsEntry("nginx.ingress.kubernetes.io/backend-protocol", "HTTPS")
        .containsEntry("nginx.ingress.kubernetes.io/proxy-ssl-verify", "on")
        .containsEntry(
            "nginx.ingress.kubernetes.io/proxy-ssl-secret", "token-broker/token-broker-tls");
    assertThat((List<?>) one(site, "Certificate").at("spec", "dnsNames").orElseThrow())
        .asInstanceOf(InstanceOfAssertFactories.list(Object.class))
        .contains(
            one(site, "Ingress")
                .mapping("metadata", "annotations")
                .get("nginx.ingress.kubernetes.io/proxy-ssl-name"));
    assertThat(named(site, "NetworkPolicy", "token-broker").list("spec", "ingress"))
        .hasSize(3)
        .first()
        .isEqualTo(
            named(PRODUCTION, "NetworkPolicy", "token-broker").list("spec", "ingress").getFirst());
    assertThat(settings(PRODUCTION)).doesNotContainKey("BROKER_CONNECTIONS_PUBLIC_URL");
  }

  /**
   * Kustomize applies components after the overlay. Therefore an overlay cannot change a value that
   * a component sets.
   */
  @ParameterizedTest
  @CsvSource({
    "BROKER_ISSUERS__CLUSTER__ISSUER, https://issuer.example.com",
    "BROKER_CONNECTIONS_PUBLIC_URL, https://connect.shop.example"
  })
  void settingsThatDifferBetweenSitesCanBeSetInTheOverlay(String key, String value)
      throws IOException {
    var k8s = Path.of("target", "deploy", "site", "k8s");
    copy(Path.of("k8s"), k8s);
    var site = k8s.resolve("overlays").resolve("production");
    edit(site.resolve("kustomization.yaml"), "# - ../../components/", "- ../../components/");
    edit(site.resolve("settings.env"), "(?m)^" + key + "=.*$", "");
    Files.writeString(
        site.resolve("settings.env"), "\n" + key + "=" + value + "\n", StandardOpenOption.APPEND);

    assertThat(settings(site)).containsEntry(key, value);
  }

  /** Returns the production overlay of a site whose service mesh encrypts all traffic. */
  private static Path withoutTls() throws IOException {
    var k8s = Path.of("target", "deploy", "without-tls", "k8s");
    copy(Path.of("k8s"), k8s);
    var site = k8s.resolve("overlays").resolve("production");
    edit(site.resolve("kustomization.yaml"), "(?m)^  - ../../components/tls$", "");
    return site;
  }

  private static Map<String, Object> servicePort(Path kustomization) {
    return named(kustomization, "Service", "token-broker").list("spec", "ports").getFirst();
  }

  private static Map<String, String> environment(Manifest deployment) {
    return Manifest.listAt(container(deployment), "env").stream()
        .collect(
            Collectors.toMap(
                each -> String.valueOf(each.get("name")),
                each -> String.valueOf(each.get("value"))));
  }

  static void copy(Path from, Path to) throws IOException {
    try (var all = Files.walk(from)) {
      for (var file : all.filter(Files::isRegularFile).toList()) {
        var copy = to.resolve(from.relativize(file));
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  static void edit(Path file, String pattern, String replacement) throws IOException {
    Files.writeString(file, Files.readString(file).replaceAll(pattern, replacement));
  }

  private static Map<String, Object> settings(Path kustomization) {
    return Manifest.rendered(kustomization).stream()
        .filter(manifest -> manifest.kind().equals("ConfigMap"))
        .filter(manifest -> manifest.name().startsWith("token-broker-settings"))
        .findFirst()
        .orElseThrow()
        .mapping("data");
  }

  /**
   * Returns a copy of a kustomization under {@code target} with the components {@code more}, or
   * with all components if none is given.
   */
  private static Path with(Path kustomization, String... more) throws IOException {
    var directory =
        Files.createDirectories(
            Path.of("target", "deploy", kustomization.getFileName() + String.join("-", more)));
    var up = "../".repeat(directory.getNameCount());
    var components = new ArrayList<>(List.of(more));
    if (more.length == 0) {
      try (var all = Files.list(Path.of("k8s", "components"))) {
        all.sorted().forEach(each -> components.add(each.getFileName().toString()));
      }
    }
    var text = new StringBuilder("resources:\n  - " + up + kustomization + "\ncomponents:\n");
    components.forEach(each -> text.append("  - " + up + "k8s/components/" + each + "\n"));
    Files.writeString(directory.resolve("kustomization.yaml"), text);
    return directory;
  }

  private static Map<String, Object> callersLabels() {
    var ingress =
        named(PRODUCTION, "NetworkPolicy", "token-broker").list("spec", "ingress").getFirst();
    var from = Manifest.listAt(ingress, "from").getFirst();
    return Manifest.mappingOf(Manifest.at(from, "podSelector", "matchLabels").orElseThrow());
  }

  private static Object volume(Manifest deployment, String name, String... path) {
    return deployment.list("spec", "template", "spec", "volumes").stream()
        .filter(volume -> name.equals(volume.get("name")))
        .map(volume -> Manifest.at(volume, path))
        .flatMap(Optional::stream)
        .findFirst()
        .orElseThrow();
  }

  private static List<Map<String, Object>> pods(Path kustomization) {
    return Manifest.rendered(kustomization).stream()
        .filter(manifest -> manifest.kind().equals("Deployment"))
        .map(deployment -> deployment.mapping("spec", "template", "spec"))
        .toList();
  }

  /** Returns the containers of a pod, including its sidecars. */
  private static Stream<Map<String, Object>> containers(Map<String, Object> pod) {
    return Stream.of("initContainers", "containers")
        .filter(pod::containsKey)
        .flatMap(kind -> Manifest.listAt(pod, kind).stream());
  }

  private static List<Map<String, Object>> mounts(Map<String, Object> pod) {
    return containers(pod)
        .flatMap(container -> Manifest.listAt(container, "volumeMounts").stream())
        .toList();
  }

  private static Set<Object> names(List<Map<String, Object>> named) {
    return named.stream().map(each -> each.get("name")).collect(Collectors.toSet());
  }

  private static Map<String, Object> container(Manifest deployment) {
    return deployment.list("spec", "template", "spec", "containers").getFirst();
  }

  private static Manifest broker(Path kustomization) {
    return named(kustomization, "Deployment", "token-broker");
  }

  private static Manifest one(Path kustomization, String kind) {
    return Manifest.rendered(kustomization).stream()
        .filter(manifest -> manifest.kind().equals(kind))
        .findFirst()
        .orElseThrow();
  }

  private static Manifest named(Path kustomization, String kind, String name) {
    return Manifest.rendered(kustomization).stream()
        .filter(manifest -> manifest.kind().equals(kind) && manifest.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
