package tokenbroker.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Proves that the broker reaches what it needs and nothing else. Clusters differ in where DNS and
 * the API server listen; the policies must work in all of them.
 */
class NetworkPolicyTest {

  private static final Path BASE = Path.of("k8s", "base");
  private static final Path PRODUCTION = Path.of("k8s", "overlays", "production");
  private static final Path DEVELOPMENT = Path.of("k8s", "overlays", "development");

  private static final Map<Path, Egress> RENDERED = new ConcurrentHashMap<>();

  @BeforeAll
  static void kubectl() {
    Tool.KUBECTL.assumeThere();
  }

  private static Egress from(Path kustomization) {
    return RENDERED.computeIfAbsent(kustomization, Egress::of);
  }

  @ParameterizedTest
  @CsvSource({
    "kube-system, k8s-app, kube-dns, 53",
    "kube-system, k8s-app, coredns, 53",
    "openshift-dns, dns.operator.openshift.io/daemonset-dns, default, 5353"
  })
  void podsThatAnswerDnsAreReached(String namespace, String label, String value, int port) {
    for (var protocol : List.of("UDP", "TCP")) {
      assertThat(from(BASE).reachesPods(namespace, label, value, port, protocol)).isTrue();
    }
    assertThat(from(PRODUCTION).reachesPods(namespace, "k8s-app", "other", port, "TCP")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"UDP", "TCP"})
  void theNodesOwnDnsCacheIsReached(String protocol) {
    assertThat(from(BASE).reaches("169.254.20.10", 53, protocol)).isTrue();
    assertThat(from(BASE).reaches("169.254.20.11", 53, protocol)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"104.18.32.7, 443", "9.9.9.9, 443", "2606:4700::6812:2007, 443"})
  void trackMageAndPublicIssuersAreReached(String address, int port) {
    assertThat(from(BASE).reaches(address, port, "TCP")).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1, 443",
    "10.0.0.1, 6443",
    "100.64.0.1, 443",
    "172.18.0.2, 6443",
    "192.168.49.2, 8443",
    "fd00:10::1, 6443"
  })
  void theApiServerIsReachedWhereCallersAreServiceAccountsOfTheCluster(String address, int port) {
    assertThat(from(PRODUCTION).reaches(address, port, "TCP")).isTrue();
    assertThat(from(DEVELOPMENT).reaches(address, port, "TCP")).isTrue();
    assertThat(from(BASE).reaches(address, port, "TCP")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"10.1.2.3, 6379", "172.16.0.1, 26379", "192.168.1.1, 6379"})
  void redisOutsideOfTheClusterIsReachedInProductionAlone(String address, int port) {
    assertThat(from(PRODUCTION).reaches(address, port, "TCP")).isTrue();
    assertThat(from(DEVELOPMENT).reaches(address, port, "TCP")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    // The metadata services of cloud providers.
    "169.254.169.254, 80",
    "169.254.169.254, 443",
    "169.254.170.2, 443",
    "fd00:ec2::254, 80",
    "fd00:ec2::254, 443",
    // The broker's own pod and its node.
    "127.0.0.1, 443",
    "::1, 443",
    "fe80::1, 443",
    // Pods and Services.
    "10.0.0.1, 80",
    "10.0.0.1, 8080",
    "10.0.0.1, 10250",
    "192.168.0.1, 22",
    // The internet, on ports other than TrackMage's.
    "104.18.32.7, 80",
    "104.18.32.7, 6443",
    "104.18.32.7, 6379",
    "104.18.32.7, 53",
    "2606:4700::6812:2007, 6443",
    "64:ff9b::a9fe:a9fe, 443",
    "224.0.0.1, 443",
    "0.0.0.0, 443"
  })
  void nothingElseIsReached(String address, int port) {
    for (var kustomization : List.of(BASE, DEVELOPMENT, PRODUCTION)) {
      for (var protocol : List.of("TCP", "UDP")) {
        assertThat(from(kustomization).reaches(address, port, protocol)).isFalse();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"10.0.0.1", "100.64.0.1", "172.16.0.1", "192.168.0.1", "fd00:10::1"})
  void withoutTheApiServerNothingPrivateIsReachedOn443(String address) {
    assertThat(from(BASE).reaches(address, 443, "TCP")).isFalse();
  }

  @Test
  void everyRuleNamesItsPeersAndItsPorts() {
    for (var kustomization : List.of(BASE, DEVELOPMENT, PRODUCTION)) {
      assertThat(from(kustomization).rules())
          .as("a rule without `to` or `ports` allows everything")
          .isNotEmpty()
          .allSatisfy(rule -> assertThat(rule).containsOnlyKeys("to", "ports"))
          .allSatisfy(rule -> assertThat(Manifest.listAt(rule, "to")).isNotEmpty())
          .allSatisfy(rule -> assertThat(Manifest.listAt(rule, "ports")).isNotEmpty());
    }
  }

  @Test
  void theSandboxReachesTheRedisBesideIt() {
    var redis =
        Map.of("podSelector", Map.of("matchLabels", Map.of("app.kubernetes.io/name", "redis")));
    assertThat(from(DEVELOPMENT).rules())
        .anySatisfy(rule -> assertThat(Manifest.listAt(rule, "to")).isEqualTo(List.of(redis)));
    assertThat(from(PRODUCTION).rules())
        .noneMatch(rule -> Manifest.listAt(rule, "to").contains(redis));
  }
}
