package tokenbroker.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class HtmlTest {

  @Test
  void textIsEscaped() {
    assertThat(Html.of("<p title=\"{}\">{}</p>", "\"'", "<&>").markup())
        .isEqualTo("<p title=\"&quot;&#39;\">&lt;&amp;&gt;</p>");
  }

  @Test
  void htmlStaysAsItIs() {
    var items = List.of(Html.of("<li>{}</li>", "a<b"), Html.of("<li>{}</li>", 1));
    assertThat(Html.of("<ul>{}</ul>", Html.joined(items)).markup())
        .isEqualTo("<ul><li>a&lt;b</li><li>1</li></ul>");
  }

  @Test
  void textIsNoTemplate() {
    assertThat(Html.of("{} {}", "{}", "x").markup()).isEqualTo("{} x");
  }

  @Test
  void aPartTooFewIsNoticed() {
    assertThatThrownBy(() -> Html.of("{} {}", "x")).isInstanceOf(IllegalArgumentException.class);
  }
}
