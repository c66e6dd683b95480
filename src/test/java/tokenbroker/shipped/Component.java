package tokenbroker.shipped;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A library in the CycloneDX document of a package.
 *
 * @param artifact such as {@code io.netty:netty-codec-http}
 * @param purl empty if the document has none
 * @param sha256 the hash of the jar that Maven resolved; empty if the document has none
 */
record Component(String artifact, String version, String purl, String sha256) {

  /** Returns all components that the document lists. */
  static List<Component> of(Path document) throws IOException {
    return new ObjectMapper()
        .readTree(document.toFile())
        .path("components")
        .valueStream()
        .map(Component::of)
        .toList();
  }

  private static Component of(JsonNode component) {
    return new Component(
        component.path("group").asText() + ":" + component.path("name").asText(),
        component.path("version").asText(),
        component.path("purl").asText(),
        component
            .path("hashes")
            .valueStream()
            .filter(hash -> hash.path("alg").asText().equals("SHA-256"))
            .map(hash -> hash.path("content").asText())
            .findFirst()
            .orElse(""));
  }
}
