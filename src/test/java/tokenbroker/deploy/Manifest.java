package tokenbroker.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** A document that kustomize has rendered. */
record Manifest(Map<String, Object> document) {

  /** Returns all documents of a kustomization, in order. */
  static List<Manifest> rendered(Path kustomization) {
    var rendered = Tool.KUBECTL.run(Path.of("."), "kustomize", kustomization.toString());
    assertThat(rendered.code()).as(rendered.output()).isZero();
    return all(rendered.output());
  }

  static List<Manifest> all(String yaml) {
    var options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    return StreamSupport.stream(
            new Yaml(new SafeConstructor(options)).loadAll(yaml).spliterator(), false)
        .map(document -> new Manifest(mappingOf(document)))
        .toList();
  }

  /** Returns the document of this kind and name in a kustomization. */
  static Manifest named(Path kustomization, String kind, String name) {
    return rendered(kustomization).stream()
        .filter(manifest -> manifest.kind().equals(kind) && manifest.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  String kind() {
    return text("kind").orElseThrow();
  }

  String name() {
    return text("metadata", "name").orElseThrow();
  }

  Optional<String> text(String... path) {
    return at(path).map(Object::toString);
  }

  Map<String, Object> mapping(String... path) {
    return mappingOf(at(path).orElse(Map.of()));
  }

  List<Map<String, Object>> list(String... path) {
    return listAt(document, path);
  }

  Optional<Object> at(String... path) {
    return at(document, path);
  }

  static Optional<Object> at(Map<String, Object> from, String... path) {
    Object at = from;
    for (var key : path) {
      at = at instanceof Map<?, ?> map ? map.get(key) : null;
    }
    return Optional.ofNullable(at);
  }

  /** Returns the list at this path; empty if there is none. */
  static List<Map<String, Object>> listAt(Map<String, Object> from, String... path) {
    return listOf(at(from, path).orElse(List.of()));
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> mappingOf(Object value) {
    return (Map<String, Object>) value;
  }

  @SuppressWarnings("unchecked")
  static List<Map<String, Object>> listOf(Object value) {
    return (List<Map<String, Object>>) value;
  }

  @Override
  public String toString() {
    return kind() + "/" + name();
  }
}
