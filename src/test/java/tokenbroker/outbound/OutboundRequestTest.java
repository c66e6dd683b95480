package tokenbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutboundRequestTest {

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nb", "a\nb", "a\u0000b", "ä", "\u2028"})
  void aHeaderThatWouldBreakTheHeadIsRefusedAndNotShown(String rest) {
    assertThatThrownBy(() -> withHeader("geheim" + rest))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Authorization")
        .hasMessageNotContaining("geheim");
  }

  @Test
  void aRequestShowsNothingOfWhatItCarries() {
    assertThat(withHeader("geheim").toString())
        .doesNotContain("geheim")
        .doesNotContain("upstream.test");
  }

  @ParameterizedTest
  @CsvSource({
    "https://upstream.test, GET / HTTP/1.1, upstream.test",
    "https://upstream.test:443/a%20b?c=%26, GET /a%20b?c=%26 HTTP/1.1, upstream.test",
    "HTTPS://upstream.test:8443/?, GET /? HTTP/1.1, upstream.test:8443",
    "http://upstream.test.:80/a#b, GET /a HTTP/1.1, upstream.test",
    "http://[::1]:8080/a, GET /a HTTP/1.1, [::1]:8080",
    "http://[::1], GET / HTTP/1.1, [::1]",
  })
  void theHeadNamesTheHostAndThePath(String url, String line, String host) {
    var request = new OutboundRequest("GET", URI.create(url), Map.of(), null, true);
    var origin = Origin.of(request.url()).orElseThrow();
    assertThat(RequestHead.with(request, origin).lines())
        .containsExactly(line, "Host: " + host, "Accept-Encoding: identity", "");
  }

  @Test
  void aBodyIsCountedInBytes() {
    var request = new OutboundRequest("POST", URI.create("http://h/"), Map.of(), "ü€", false);
    var origin = Origin.of(request.url()).orElseThrow();
    assertThat(RequestHead.with(request, origin)).endsWith("Content-Length: 5\r\n\r\nü€");
  }

  private static OutboundRequest withHeader(String value) {
    return new OutboundRequest(
        "GET",
        URI.create("https://upstream.test/geheim"),
        Map.of("Authorization", value),
        "geheim",
        true);
  }
}
