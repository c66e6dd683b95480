package tokenbroker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.testing.TestConfig;

class NoProxyTest {

  @ParameterizedTest
  @CsvSource({
    "a.test, a.test, true",
    "A.Test, a.tEST, true",
    "a.test, b.a.test, false",
    ".a.test, b.a.test, true",
    ".a.test, c.b.a.test, true",
    ".a.test, a.test, false",
    ".a.test, ba.test, false",
    "10.1.2.3, 10.1.2.3, true",
    "10.1.2.3, 10.1.2.4, false",
    "10.1.2.3, 10.1.2.3.test, false",
    "10.0.0.0/8, 10.200.1.1, true",
    "10.0.0.0/8, 11.0.0.1, false",
    "192.168.128.0/17, 192.168.128.1, true",
    "192.168.128.0/17, 192.168.127.255, false",
    "0.0.0.0/0, 8.8.8.8, true",
    "0.0.0.0/0, ::1, false",
    "0.0.0.0/0, a.test, false",
    "fd00::/8, fd12:3456::1, true",
    "fd00::/8, fe80::1, false",
    "fd00::1, fd00:0:0:0:0:0:0:1, true",
  })
  void anEntryCoversItsHosts(String entry, String host, boolean covered) {
    assertThat(NoProxy.parse("x.test, " + entry + ",").covers(host)).isEqualTo(covered);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://a.test",
        "a.test:443",
        "*.a.test",
        "*",
        "a test",
        "a.test;b.test",
        "..a",
        "10.0.0.0/33",
        "10.0.0.0/",
        "10.0.0.0/8/8",
        "10.0.0.0/-1",
        "10.0.0.256",
        "1.2.3.4.5",
        "fd00::/129",
        "[fd00::1]",
        "a.test/8",
        "user@a.test",
      })
  void anythingElseIsRefused(String entry) {
    assertThatThrownBy(() -> NoProxy.parse("good.test," + entry))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theDefaultKeepsTheClusterOut() {
    var defaults = TestConfig.defaults().upstream().noProxy();
    assertThat(defaults.covers("kubernetes.default.svc")).isTrue();
    assertThat(defaults.covers("kubernetes.default.svc.cluster.local")).isTrue();
    assertThat(defaults.covers("api.trackmage.com")).isFalse();
  }
}
