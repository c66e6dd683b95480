package tokenbroker.pages;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;
import tokenbroker.seal.Sha256;

/**
 * A page for browsers, as a complete HTML document with the style that all pages share.
 *
 * @param title the title of the window; the content has the heading
 * @param head additional elements of the head; may be empty
 * @param body the elements of the body, among them one {@code main}
 */
public record Page(String title, Html head, Html body) {

  public static final String CONTENT_TYPE = "text/html;charset=UTF-8";

  private static final String STYLE = text(Page.class, "pages.css");

  /**
   * The content security policy of every page. It blocks everything except the style. A page may
   * add directives; without {@code form-action}, its forms may lead anywhere.
   */
  public static final String POLICY =
      "default-src 'none'; style-src "
          + source(STYLE)
          + "; base-uri 'none'; frame-ancestors 'none'";

  /** Returns the source expression that allows exactly this inline style or script. */
  public static String source(String text) {
    return "'sha256-" + Base64.getEncoder().encodeToString(Sha256.of(text)) + "'";
  }

  /** Returns the document. */
  public String html() {
    return Html.of(
            """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{}</title>
            {}<style>{}</style>
            </head>
            <body>
            {}</body>
            </html>
            """,
            title,
            head,
            new Html(STYLE),
            body)
        .markup();
  }

  /** Returns the text of a resource that lies beside a class, such as a script. */
  public static String text(Class<?> beside, String resource) {
    try (var in = Objects.requireNonNull(beside.getResourceAsStream(resource), resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
