package tokenbroker.sandbox.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import tokenbroker.pages.Html;

class DemoPageTest {

  private static final Instant NOW = Instant.parse("2026-11-26T15:42:00Z");
  private static final String ADDRESS = "http://127.0.0.1:1/sandbox/demo";

  @Test
  void theListGoesOnBehindALink() throws Exception {
    assertThat(content("{'connections': [{'id': '1'}], 'next': 'a&b'}"))
        .contains("<a href=\"" + ADDRESS + "?cursor=a%26b\">");
    assertThat(content("{'connections': [{'id': '1'}], 'next': null}")).doesNotContain("<a ");
  }

  @Test
  void whatTheBrokerSaysIsEscaped() throws Exception {
    assertThat(
            content(
                "{'connections': [{'id': '<b>', 'user_email': '<b>', 'state': '<b>',"
                    + " 'connected_at': '<b>', 'expires_at': '<b>'}]}"))
        .contains("<h3>&lt;b&gt;</h3>")
        .doesNotContain("<b>");
  }

  @Test
  void timesAreRelativeToNow() throws Exception {
    assertThat(content("{'connections': [{'id': '1', 'expires_at': '2026-11-26T16:40:00Z'}]}"))
        .contains("in 58 minutes (16:40 UTC)");
    assertThat(content("{'connections': [{'id': '1'}]}")).contains("no token yet");
  }

  @Test
  void theRequestBehindTheListIsShown() throws Exception {
    assertThat(content("{}")).contains("<code>GET /&lt;i&gt;</code>", "<code>status 200</code>");
  }

  @Test
  void connectingStartsWhereItEnds() throws Exception {
    assertThat(content("{}")).contains("action=\"" + ADDRESS + "/connect\"");
  }

  private static String content(String json) throws Exception {
    var body = new ObjectMapper().readTree(json.replace('\'', '"'));
    var listed = new CallResult.Success(body, new Exchange("GET /<i>", "status 200"));
    return DemoPage.content(Html.EMPTY, ADDRESS, listed, NOW).markup();
  }
}
