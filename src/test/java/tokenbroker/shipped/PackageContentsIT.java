package tokenbroker.shipped;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tokenbroker.testing.BrokerProcess;

/**
 * Proves that the production package contains no unused library, and that its CycloneDX document
 * lists each one.
 */
class PackageContentsIT {

  private static final Path PACKAGE = Path.of(requireNonNull(System.getProperty("broker.package")));
  private static final Path SBOM = Path.of(requireNonNull(System.getProperty("broker.sbom")));

  /**
   * Libraries that Quarkus' extensions add and pom.xml excludes. Each is the beginning of a jar's
   * name.
   */
  private static final List<String> UNUSED =
      List.of(
          "com.aayushatharva.brotli4j.",
          "com.google.guava.",
          "com.google.api.grpc.",
          "io.grpc.",
          "io.netty.netty-codec-haproxy-",
          "io.opentelemetry.instrumentation.opentelemetry-jdbc-",
          "io.quarkus.quarkus-grpc-",
          "io.quarkus.quarkus-smallrye-openapi-",
          "io.quarkus.quarkus-swagger-ui-",
          "io.vertx.vertx-grpc-");

  /** Quarkus removes the classes of other span exporters from this jar, which changes its hash. */
  private static final String REWRITTEN = "io.opentelemetry.opentelemetry-exporter-otlp-";

  /** A dependency of Quarkus that its packaging omits. */
  private static final String NOT_PACKAGED = "io.quarkus.quarkus-ide-launcher-";

  private static final Path DOCUMENT = Path.of("docs", "images.md");

  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  private static Map<String, Component> listed = Map.of();
  private static Map<String, Path> shipped = Map.of();

  @BeforeAll
  static void read() throws IOException {
    assumeFalse(BrokerProcess.isNative(), "an executable has no libraries beside it");
    listed =
        Component.of(SBOM).stream()
            .collect(
                toMap(
                    it -> "%s-%s.jar".formatted(it.artifact().replace(':', '.'), it.version()),
                    it -> it));
    try (var files = Files.walk(PACKAGE.resolve("lib"))) {
      shipped =
          files
              .filter(Files::isRegularFile)
              .collect(
                  toMap(it -> it.getFileName().toString(), it -> it, (a, _) -> a, TreeMap::new));
    }
  }

  @Test
  void whatTheBrokerDoesNotUseStaysOut() {
    assertThat(shipped).hasSizeGreaterThan(100);
    assertThat(shipped.keySet()).noneMatch(jar -> UNUSED.stream().anyMatch(jar::startsWith));
  }

  @Test
  void theDocumentListsWhatIsShippedAndNothingElse() {
    assertThat(listed.keySet().stream().filter(jar -> !jar.startsWith(NOT_PACKAGED)))
        .containsExactlyInAnyOrderElementsOf(shipped.keySet());
  }

  @Test
  void theDocumentationGivesAReasonForEachLibraryAndForNoOther() throws IOException {
    var justified = firstColumn("| libraries | what for |");
    assertThat(justified).doesNotHaveDuplicates();
    assertThat(shipped.keySet().stream().map(PackageContentsIT::artifact).distinct())
        .containsExactlyInAnyOrderElementsOf(justified);
  }

  private static String artifact(String jar) {
    return requireNonNull(listed.get(jar), jar).artifact().replaceFirst(".*:", "");
  }

  @Test
  void theDocumentationGivesAReasonForEachFile() throws IOException {
    var justified =
        firstColumn("| file | what for |").stream()
            .map(glob -> PACKAGE.getFileSystem().getPathMatcher("glob:" + glob))
            .toList();
    try (var files = Files.walk(PACKAGE)) {
      assertThat(files.filter(Files::isRegularFile).map(PACKAGE::relativize))
          .hasSizeGreaterThan(100)
          .allSatisfy(
              file -> assertThat(justified).as("%s", file).anyMatch(glob -> glob.matches(file)));
    }
  }

  /** Returns what stands in backquotes in the first column of a table of docs/images.md. */
  private static List<String> firstColumn(String header) throws IOException {
    return Files.readAllLines(DOCUMENT).stream()
        .dropWhile(line -> !line.equals(header))
        .skip(2)
        .takeWhile(line -> line.startsWith("|"))
        .flatMap(line -> CODE.matcher(line.split("\\|", -1)[1]).results())
        .map(found -> found.group(1))
        .toList();
  }

  @Test
  void eachLibraryHasItsPackageUrlAndTheHashOfItsFile() throws Exception {
    for (var jar : shipped.entrySet()) {
      var component = requireNonNull(listed.get(jar.getKey()));
      assertThat(component.purl())
          .isEqualTo(
              "pkg:maven/%s@%s?type=jar"
                  .formatted(component.artifact().replace(':', '/'), component.version()));
      if (jar.getKey().startsWith(REWRITTEN)) {
        assertThat(component.sha256()).hasSize(64);
      } else {
        assertThat(component.sha256()).as(jar.getKey()).isEqualTo(sha256(jar.getValue()));
      }
    }
  }

  private static String sha256(Path file) throws Exception {
    var digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    return HexFormat.of().formatHex(digest);
  }
}
