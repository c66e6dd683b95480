package tokenbroker.pages;

import java.util.List;
import java.util.stream.Collectors;

/** A fragment of HTML. Text that is inserted into it is escaped. */
public record Html(String markup) {

  public static final Html EMPTY = new Html("");

  /**
   * Fills in a template.
   *
   * @param template HTML in which each {@code {}} is replaced by a part
   * @param parts in order; {@link Html} is inserted as it is, anything else as escaped text
   */
  public static Html of(String template, Object... parts) {
    var fragments = template.split("\\{}", -1);
    var expected = fragments.length - 1;
    if (parts.length != expected) {
      throw new IllegalArgumentException(
          parts.length + " parts for a template with " + expected + " placeholders");
    }
    var markup = new StringBuilder(fragments[0]);
    for (var i = 0; i < parts.length; i++) {
      markup.append(markupOf(parts[i])).append(fragments[i + 1]);
    }
    return new Html(markup.toString());
  }

  public static Html joined(List<Html> fragments) {
    return new Html(fragments.stream().map(Html::markup).collect(Collectors.joining()));
  }

  private static String markupOf(Object part) {
    return part instanceof Html(var markup) ? markup : escaped(part.toString());
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
