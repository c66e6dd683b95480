package tokenbroker.deploy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The destinations that the broker's pods may reach: the union of all NetworkPolicies that select
 * them.
 */
record Egress(List<Map<String, Object>> rules) {

  static Egress of(Path kustomization) {
    return new Egress(
        Manifest.rendered(kustomization).stream()
            .filter(manifest -> manifest.kind().equals("NetworkPolicy"))
            .filter(
                policy ->
                    policy
                        .mapping("spec", "podSelector", "matchLabels")
                        .equals(Map.of("app.kubernetes.io/name", "token-broker")))
            .flatMap(policy -> policy.list("spec", "egress").stream())
            .toList());
  }

  /** Returns whether the pods may reach an address that belongs to no pod. */
  boolean reaches(String address, int port, String protocol) {
    return rules.stream()
        .filter(rule -> hasPort(rule, port, protocol))
        .flatMap(rule -> Manifest.listAt(rule, "to").stream())
        .anyMatch(peer -> contains(peer, address));
  }

  /** Returns whether the pods may reach pods with this label in this namespace. */
  boolean reachesPods(String namespace, String label, String value, int port, String protocol) {
    return rules.stream()
        .filter(rule -> hasPort(rule, port, protocol))
        .flatMap(rule -> Manifest.listAt(rule, "to").stream())
        .filter(
            peer ->
                Manifest.at(peer, "namespaceSelector", "matchLabels", "kubernetes.io/metadata.name")
                    .filter(namespace::equals)
                    .isPresent())
        .anyMatch(peer -> selects(peer, label, value));
  }

  private static boolean hasPort(Map<String, Object> rule, int port, String protocol) {
    return Manifest.listAt(rule, "ports")
        .contains(Map.<String, Object>of("port", port, "protocol", protocol));
  }

  private static boolean contains(Map<String, Object> peer, String address) {
    var cidr = Manifest.at(peer, "ipBlock", "cidr").map(Object::toString);
    return cidr.isPresent()
        && AddressRange.of(cidr.get()).contains(address)
        && ((List<?>) Manifest.at(peer, "ipBlock", "except").orElse(List.of()))
            .stream().noneMatch(except -> AddressRange.of(except.toString()).contains(address));
  }

  private static boolean selects(Map<String, Object> peer, String label, String value) {
    var byLabel = Manifest.at(peer, "podSelector", "matchLabels", label).orElse(null);
    return Objects.equals(byLabel, value)
        || Manifest.listAt(peer, "podSelector", "matchExpressions").stream()
            .anyMatch(
                expression ->
                    label.equals(expression.get("key"))
                        && "In".equals(expression.get("operator"))
                        && ((List<?>) Manifest.at(expression, "values").orElse(List.of()))
                            .contains(value));
  }
}
