package tokenbroker.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BrowserPathsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/tokens/acme", "/tokens/acme%2Deu", "/connect/a.b", "/a..b", "/...", "//x"})
  void aPathThatMeansOneThingIsPlain(String path) {
    assertThat(BrowserPaths.isPlain(path)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/.",
        "/..",
        "/a/../b",
        "/a/./b",
        "/%2e%2E/b",
        "/.%2e",
        "/a;b",
        "/a%3Bb",
        "/a%2fb",
        "/a%5Cb",
        "x",
        "/%00"
      })
  void aPathThatMayBeReadInTwoWaysIsNot(String path) {
    assertThat(BrowserPaths.isPlain(path)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/connect/x", "/oauth/callback", "/oauth/callback?code=x"})
  void usersBrowsersAskForThese(String path) {
    assertThat(BrowserPaths.has(path)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/connect", "/oauth/callback/x", "/oauth2/token", "/x?/connect/"})
  void usersBrowsersDoNotAskForThose(String path) {
    assertThat(BrowserPaths.has(path)).isFalse();
  }
}
