package tokenbroker.sandbox;

import java.util.List;
import java.util.stream.Collectors;

/** A piece of HTML. Text that is inserted into it is escaped. */
record Html(String markup) {

  static final Html NOTHING = new Html("");

  /**
   * Fills in a template.
   *
   * @param template HTML in which each {@code {}} is replaced by a part
   * @param parts in order; {@link Html} is inserted as it is, anything else as escaped text
   */
  static Html of(String template, Object... parts) {
    var pieces = template.split("\\{}", -1);
    if (pieces.length != parts.length + 1) {
      throw new IllegalArgumentException("the template wants " + (pieces.length - 1) + " parts");
    }
    var markup = new StringBuilder(pieces[0]);
    for (var i = 0; i < parts.length; i++) {
      markup.append(markupOf(parts[i])).append(pieces[i + 1]);
    }
    return new Html(markup.toString());
  }

  static Html joined(List<Html> pieces) {
    return new Html(pieces.stream().map(Html::markup).collect(Collectors.joining()));
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
