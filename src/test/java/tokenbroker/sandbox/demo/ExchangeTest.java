package tokenbroker.sandbox.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.net.URI;
import java.net.http.HttpRequest;
import org.junit.jupiter.api.Test;

class ExchangeTest {

  private static final HttpRequest REQUEST =
      HttpRequest.newBuilder(URI.create("http://127.0.0.1:1/tokens/demo?min_ttl=60"))
          .header("Authorization", "Bearer secret")
          .build();

  @Test
  void noTokenIsShown() throws Exception {
    var exchange = of(200, json("{'access_token': 'secret', 'expires_in': 60}"));

    assertThat(exchange.toString()).doesNotContain("secret");
    assertThat(exchange.request())
        .isEqualTo("GET /tokens/demo?min_ttl=60\nAuthorization: Bearer (a caller token)");
    assertThat(exchange.answer())
        .isEqualTo(
            """
            status 200

            {
              "access_token" : "(hidden)",
              "expires_in" : 60
            }""");
  }

  @Test
  void anAnswerWithoutABodyIsItsStatus() {
    assertThat(of(204, MissingNode.getInstance()).answer()).isEqualTo("status 204");
  }

  @Test
  void noAnswerIsSaid() {
    assertThat(of(0, MissingNode.getInstance()).answer()).isEqualTo("no answer");
  }

  private static Exchange of(int status, JsonNode received) {
    return Exchange.of(REQUEST, "a caller token", MissingNode.getInstance(), status, received);
  }

  private static JsonNode json(String text) throws Exception {
    return new ObjectMapper().readTree(text.replace('\'', '"'));
  }
}
