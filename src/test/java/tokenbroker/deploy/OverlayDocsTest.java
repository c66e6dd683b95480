package tokenbroker.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proves that the documents about overlays agree with the overlays. */
class OverlayDocsTest {

  private static final Path PRODUCTION = Path.of("k8s", "overlays", "production");
  private static final Path KUBERNETES = Path.of("docs", "kubernetes.md");
  private static final Path VALUES = Path.of("docs", "site-values.md");

  /** What a site must replace: example hosts, private networks, and names of the platform. */
  private static final Pattern PLACEHOLDER =
      Pattern.compile("[\\w.-]+\\.example\\.com|cidr: (\\S+)|internal-ca|name: (platform)\\b");

  private static final Pattern FILE = Pattern.compile("\\| `([\\w-]+\\.(?:yaml|env))`");

  @TempDir Path directory;

  @Test
  void theTableOfValuesHasEachPlaceholderOfTheProductionOverlay() throws IOException {
    var page = Files.readString(VALUES);
    var placeholders =
        contents(PRODUCTION)
            .flatMap(text -> PLACEHOLDER.matcher(text).results())
            .map(found -> Stream.of(found.group(1), found.group(2), found.group()))
            .map(groups -> groups.filter(group -> group != null).findFirst().orElseThrow())
            .collect(Collectors.toSet());
    assertThat(placeholders)
        .as("placeholders in %s", PRODUCTION)
        .contains("internal-ca", "platform", "10.0.0.0/8", "registry.example.com")
        .hasSizeGreaterThan(10)
        .allSatisfy(placeholder -> assertThat(page).contains(placeholder));
  }

  @Test
  void theTableOfValuesNamesOnlyFilesOfTheOverlay() throws IOException {
    var files =
        FILE.matcher(Files.readString(VALUES)).results().map(found -> found.group(1)).toList();
    assertThat(files)
        .hasSizeGreaterThan(8)
        .allSatisfy(file -> assertThat(PRODUCTION.resolve(file)).exists());
  }

  @Test
  void eachDocumentedPatchChangesTheOverlayAndLeavesItValid() throws IOException {
    Tool.KUBECTL.assumeThere();
    ManifestsTest.copy(Path.of("k8s"), directory.resolve("k8s"));
    var site = directory.resolve("k8s/overlays/production");
    ManifestsTest.edit(
        site.resolve("kustomization.yaml"), "# - \\.\\./\\.\\./components/", "- ../../components/");
    var unpatched = Manifest.rendered(site);
    var patches =
        blocks(block -> block.contains("patches:\n"))
            .map(block -> block.substring(block.indexOf("patches:\n")))
            .toList();

    assertThat(patches).hasSizeGreaterThanOrEqualTo(5);
    for (var patch : patches) {
      var patched = Files.createTempDirectory(directory.resolve("k8s/overlays"), "patched");
      Files.writeString(
          patched.resolve("kustomization.yaml"), "resources:\n  - ../production\n" + patch);
      assertThat(Manifest.rendered(patched))
          .as(patch)
          .isNotEqualTo(unpatched)
          .allSatisfy(manifest -> assertThat(KubernetesTypes.read(manifest)).isNotNull());
    }
  }

  @Test
  void theExamplesForArgoCdAndFluxAreValidYamlAndMeanTheSameDeployment() throws IOException {
    var documents =
        blocks(block -> block.contains("argoproj.io/") || block.contains("toolkit.fluxcd.io/"))
            .flatMap(block -> Manifest.all(block).stream())
            .toList();
    assertThat(documents)
        .extracting(Manifest::kind)
        .containsExactly("Application", "GitRepository", "Kustomization");
    assertThat(documents.get(0).text("spec", "source", "repoURL"))
        .isEqualTo(documents.get(1).text("spec", "url"));
    assertThat(documents.get(2).text("spec", "sourceRef", "name"))
        .contains(documents.get(1).name());
    assertThat(documents.get(2).list("spec", "healthChecks"))
        .extracting(check -> check.get("name"))
        .isEqualTo(List.of(Manifest.named(PRODUCTION, "Deployment", "token-broker").name()));
  }

  @Test
  void eachBaseAndComponentOfAnOverlayElsewhereIsThereAndHasATag() throws IOException {
    var urls =
        blocks(block -> block.contains("//k8s/"))
            .flatMap(block -> Pattern.compile("//(k8s/\\S+)\\?ref=v\\S+").matcher(block).results())
            .map(found -> Path.of(found.group(1)))
            .toList();
    assertThat(urls)
        .hasSizeGreaterThan(2)
        .allSatisfy(path -> assertThat(path.resolve("kustomization.yaml")).exists());
  }

  /** Returns the YAML of docs/kubernetes.md, with the indentation of lists removed. */
  private static Stream<String> blocks(Predicate<String> wanted) throws IOException {
    return Pattern.compile("(?ms)^( *)```yaml\\n(.*?)^ *```")
        .matcher(Files.readString(KUBERNETES))
        .results()
        .map(block -> block.group(2).replaceAll("(?m)^" + block.group(1), ""))
        .filter(wanted);
  }

  private static Stream<String> contents(Path root) throws IOException {
    try (var files = Files.walk(root)) {
      return files.filter(Files::isRegularFile).map(AlertRules::read).toList().stream();
    }
  }
}
