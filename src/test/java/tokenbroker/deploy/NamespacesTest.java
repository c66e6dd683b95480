package tokenbroker.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Proves that the documented {@code kubectl apply} commands work in an empty cluster, in the
 * documented order.
 */
class NamespacesTest {

  @BeforeEach
  void kubectl() {
    Tool.KUBECTL.assumeThere();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"k8s/overlays/development", "k8s/overlays/production", "k8s/examples/consumer"})
  void everyNamespaceComesBeforeWhatIsInIt(Path kustomization) {
    var there = new HashSet<String>();
    for (var manifest : Manifest.rendered(kustomization)) {
      if (manifest.kind().equals("Namespace")) {
        there.add(manifest.name());
      } else {
        assertThat(there)
            .as(manifest.toString())
            .contains(manifest.text("metadata", "namespace").orElseThrow());
      }
    }
    assertThat(there).hasSize(1);
  }

  @Test
  void secretsThatAreMadeByHandComeAfterTheirNamespace() throws IOException {
    var page = Files.readString(Path.of("docs", "kubernetes.md"));
    var section = page.substring(page.indexOf("## Secrets"));

    assertThat(section.indexOf("kubectl apply -f k8s/overlays/production/namespace.yaml"))
        .isPositive()
        .isLessThan(section.indexOf("create secret"));
  }
}
