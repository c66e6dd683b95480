package tokenbroker.sandbox.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import tokenbroker.pages.Html;

class DemoPageTest {

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
  void connectingStartsWhereItEnds() throws Exception {
    assertThat(content("{}")).contains("action=\"" + ADDRESS + "/connect\"");
  }

  private static String content(String json) throws Exception {
    var body = new ObjectMapper().readTree(json.replace('\'', '"'));
    return DemoPage.content(Html.EMPTY, ADDRESS, new CallResult.Success(body)).markup();
  }
}
