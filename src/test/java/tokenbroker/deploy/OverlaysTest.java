package tokenbroker.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Proves that a site can copy the production overlay anywhere, and change it there without editing
 * the base or a component.
 */
class OverlaysTest {

  private static final Path K8S = Path.of("k8s");
  private static final Path PRODUCTION = K8S.resolve("overlays/production");
  private static final String TAG = "v0.1.0";
  private static final Tool GIT = new Tool("git");

  @TempDir Path directory;

  @BeforeEach
  void kubectl() {
    Tool.KUBECTL.assumeThere();
  }

  @Test
  void anOverlayInAnotherRepositoryRendersTheSame() throws IOException {
    GIT.assumeThere();
    var repository = repository();
    var site = directory.resolve("site");
    ManifestsTest.copy(PRODUCTION, site);
    ManifestsTest.edit(
        site.resolve("kustomization.yaml"),
        "(?m)^  - \\.\\./\\.\\./(.*)$",
        "  - file://" + repository + "//k8s/$1?ref=" + TAG);

    assertThat(Manifest.rendered(site)).isEqualTo(Manifest.rendered(PRODUCTION));
  }

  @Test
  void theNamespaceIsChangedInOnePlace() throws IOException {
    var site = siteWithAllComponents();
    ManifestsTest.edit(
        site.resolve("kustomization.yaml"), "(?m)^namespace: .*$", "namespace: trackmage");
    var rendered = Manifest.rendered(site);

    assertThat(rendered)
        .filteredOn(each -> !each.kind().equals("ClusterRoleBinding"))
        .filteredOn(each -> !each.kind().equals("Namespace"))
        .hasSizeGreaterThan(15)
        .allSatisfy(each -> assertThat(each.text("metadata", "namespace")).contains("trackmage"));
    assertThat(one(rendered, "Namespace").name()).isEqualTo("trackmage");
    assertThat(one(rendered, "ClusterRoleBinding").list("subjects"))
        .extracting(subject -> subject.get("namespace"))
        .containsExactly("trackmage");
    assertThat(one(rendered, "Certificate").at("spec", "dnsNames"))
        .contains(
            List.of(
                "token-broker",
                "token-broker.trackmage",
                "token-broker.trackmage.svc",
                "token-broker.trackmage.svc.cluster.local"));
    assertThat(one(rendered, "BackendTLSPolicy").text("spec", "validation", "hostname"))
        .contains("token-broker.trackmage.svc");
    assertThat(one(rendered, "Ingress").mapping("metadata", "annotations"))
        .containsEntry("nginx.ingress.kubernetes.io/proxy-ssl-secret", "trackmage/token-broker-tls")
        .containsEntry("nginx.ingress.kubernetes.io/proxy-ssl-name", "token-broker.trackmage.svc");
    assertThat(rendered)
        .noneSatisfy(
            each ->
                assertThat(each.document().toString())
                    .containsPattern("token-broker\\.token-broker|namespace=token-broker\\b"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"overlays/production", "overlays/development"})
  void everyOverlayNamesItsImageWithATag(String overlay) {
    assertThat(image(Manifest.rendered(K8S.resolve(overlay))))
        .matches("[^:@]+(:[\\w.-]+|@sha256:[0-9a-f]{64})")
        .doesNotContain("in-your-overlay");
  }

  /** A cluster cannot pull it, and its error contains what to do. */
  @Test
  void theImageOfTheBaseSaysThatAnOverlayMustSetIt() {
    assertThat(image(Manifest.rendered(K8S.resolve("base"))))
        .isEqualTo("token-broker:set-images-in-your-overlay");
  }

  @Test
  void theDevelopmentImageIsNeverPulled() {
    var broker = Manifest.named(K8S.resolve("overlays/development"), "Deployment", "token-broker");
    assertThat(broker.list("spec", "template", "spec", "containers"))
        .extracting(container -> container.get("imagePullPolicy"))
        .containsExactly("Never");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "overlays/production",
        "overlays/development",
        "examples/consumer",
        "examples/sidecar-nginx"
      })
  void namespacesWarnAboutWhatTheyReject(String kustomization) {
    var labels =
        one(Manifest.rendered(K8S.resolve(kustomization)), "Namespace")
            .mapping("metadata", "labels");
    for (var mode : List.of("enforce", "warn", "audit")) {
      assertThat(labels).containsEntry("pod-security.kubernetes.io/" + mode, "restricted");
    }
  }

  @Test
  void argoCdSkipsTheDryRunOfEachTypeThatAnOperatorDefines() throws IOException {
    assertThat(Manifest.rendered(siteWithAllComponents()))
        .filteredOn(each -> isOfAnOperator(each.text("apiVersion").orElseThrow()))
        .extracting(Manifest::kind)
        .contains("Certificate", "ExternalSecret", "HTTPRoute", "PodMonitor", "PrometheusRule");
    assertThat(Manifest.rendered(siteWithAllComponents()))
        .filteredOn(each -> isOfAnOperator(each.text("apiVersion").orElseThrow()))
        .allSatisfy(
            each ->
                assertThat(each.mapping("metadata", "annotations"))
                    .containsEntry(
                        "argocd.argoproj.io/sync-options", "SkipDryRunOnMissingResource=true"));
  }

  @Test
  void aGatewayLetsBrowsersReachWhatIsTheirsAndNothingElse() throws IOException {
    var site = Manifest.rendered(siteWithAllComponents());
    var rule = one(site, "HTTPRoute").list("spec", "rules");
    assertThat(rule).hasSize(1);
    assertThat(Manifest.listAt(rule.getFirst(), "matches"))
        .extracting(
            match -> Manifest.at(match, "path", "type").orElseThrow(),
            match -> Manifest.at(match, "path", "value").orElseThrow())
        .containsExactly(tuple("PathPrefix", "/connect"), tuple("Exact", "/oauth/callback"));
    assertThat(Manifest.listAt(rule.getFirst(), "backendRefs"))
        .containsExactly(Map.of("name", "token-broker", "port", 8080));
    assertThat(one(site, "BackendTLSPolicy").list("spec", "targetRefs"))
        .extracting(target -> target.get("name"), target -> target.get("sectionName"))
        .containsExactly(tuple("token-broker", "callers"));
    assertThat((List<?>) one(site, "Certificate").at("spec", "dnsNames").orElseThrow())
        .asInstanceOf(InstanceOfAssertFactories.list(String.class))
        .contains(
            one(site, "BackendTLSPolicy").text("spec", "validation", "hostname").orElseThrow());
  }

  /** Kubernetes' own groups have no dot, or end in {@code .k8s.io}, as that of the Gateway API. */
  private static boolean isOfAnOperator(String apiVersion) {
    return apiVersion.startsWith("gateway.networking.k8s.io/")
        || (apiVersion.matches(".+\\..+/.+") && !apiVersion.contains(".k8s.io/"));
  }

  /** Returns a copy of the production overlay in which no component is commented out. */
  private Path siteWithAllComponents() throws IOException {
    ManifestsTest.copy(K8S, directory.resolve("k8s"));
    var site = directory.resolve("k8s/overlays/production");
    ManifestsTest.edit(
        site.resolve("kustomization.yaml"), "# - \\.\\./\\.\\./components/", "- ../../components/");
    return site;
  }

  /** Returns a repository whose only commit has the manifests and the tag. */
  private Path repository() throws IOException {
    var repository = directory.resolve("repository");
    ManifestsTest.copy(K8S, repository.resolve("k8s"));
    git(repository, "init", "-q");
    git(repository, "add", ".");
    git(
        repository,
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@example.com",
        "-c",
        "commit.gpgsign=false",
        "commit",
        "-q",
        "-m",
        "Manifests");
    git(repository, "tag", TAG);
    return repository;
  }

  private static void git(Path repository, String... arguments) {
    var ended = GIT.run(repository, arguments);
    assertThat(ended.code()).as(ended.output()).isZero();
  }

  private static String image(List<Manifest> rendered) {
    return rendered.stream()
        .filter(each -> each.kind().equals("Deployment") && each.name().equals("token-broker"))
        .flatMap(each -> each.list("spec", "template", "spec", "containers").stream())
        .map(container -> String.valueOf(container.get("image")))
        .findFirst()
        .orElseThrow();
  }

  private static Manifest one(List<Manifest> rendered, String kind) {
    return rendered.stream().filter(each -> each.kind().equals(kind)).findFirst().orElseThrow();
  }
}
