package tokenbroker.sandbox;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/**
 * Proves that the production package contains nothing of the sandbox, because everybody who can
 * reach a sandbox can get caller JWTs.
 */
class ProductionPackageIT {

  private static final Path PACKAGE = Path.of(requireNonNull(System.getProperty("broker.package")));

  @Test
  void theProductionPackageHoldsNothingOfTheSandbox() throws IOException {
    assertThat(entries())
        .anyMatch(entry -> entry.endsWith("tokenbroker/config/BrokerConfig.class"))
        .noneMatch(entry -> entry.contains("sandbox"));
  }

  /** Returns every file of the package, and every entry of its archives as {@code file!entry}. */
  private static List<String> entries() throws IOException {
    var entries = new ArrayList<String>();
    try (var files = Files.walk(PACKAGE)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        var name = PACKAGE.relativize(file).toString();
        entries.add(name);
        if (name.endsWith(".jar")) {
          try (var jar = new ZipFile(file.toFile())) {
            jar.stream().forEach(entry -> entries.add(name + "!" + entry.getName()));
          }
        }
      }
    }
    return entries;
  }
}
