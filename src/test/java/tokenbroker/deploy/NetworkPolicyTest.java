package tokenbroker.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clusters differ in where DNS and the API server listen. The broker reaches them in all. */
class NetworkPolicyTest {

  private static final Path BASE = Path.of("k8s", "base");

  @BeforeEach
  void kubectl() {
    Tool.KUBECTL.assumeThere();
  }

  @ParameterizedTest
  @CsvSource({
    "kube-system, 53, UDP",
    "kube-system, 53, TCP",
    "openshift-dns, 5353, UDP",
    "openshift-dns, 5353, TCP"
  })
  void podsThatAnswerDnsAreReached(String namespace, int port, String protocol) {
    var labels = Map.of("kubernetes.io/metadata.name", namespace);
    var peer = Map.of("namespaceSelector", Map.of("matchLabels", labels));

    assertThat(letsOut(peer, port, protocol)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"UDP", "TCP"})
  void theNodesOwnDnsCacheIsReached(String protocol) {
    var peer = Map.of("ipBlock", Map.of("cidr", "169.254.20.10/32"));

    assertThat(letsOut(peer, 53, protocol)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"443", "6443", "8443"})
  void theApiServerIsReachedOnThePortsThatClustersHaveItOn(int port) {
    assertThat(letsOut(anywhere("0.0.0.0/0", "169.254.0.0/16"), port, "TCP")).isTrue();
    assertThat(letsOut(anywhere("::/0", "fe80::/10"), port, "TCP")).isTrue();
  }

  @Test
  void theMetadataServiceOfACloudIsNotReached() {
    assertThat(policy().list("spec", "egress"))
        .allSatisfy(
            rule ->
                assertThat(Manifest.listAt(rule, "to"))
                    .isNotEmpty()
                    .noneMatch(peer -> isOpenTo169254169254(peer)));
  }

  private static boolean isOpenTo169254169254(Map<String, Object> peer) {
    var cidr = Manifest.at(peer, "ipBlock", "cidr").map(Object::toString).orElse("");
    var except = String.valueOf(Manifest.at(peer, "ipBlock", "except").orElse(""));
    return cidr.equals("0.0.0.0/0") && !except.contains("169.254.0.0/16");
  }

  private static Map<String, Object> anywhere(String cidr, String except) {
    return Map.of("ipBlock", Map.of("cidr", cidr, "except", List.of(except)));
  }

  private static boolean letsOut(Map<String, ?> peer, int port, String protocol) {
    return policy().list("spec", "egress").stream()
        .filter(
            rule ->
                Manifest.listAt(rule, "ports")
                    .contains(Map.<String, Object>of("port", port, "protocol", protocol)))
        .anyMatch(rule -> Manifest.listAt(rule, "to").stream().anyMatch(peer::equals));
  }

  private static Manifest policy() {
    return Manifest.named(BASE, "NetworkPolicy", "token-broker");
  }
}
