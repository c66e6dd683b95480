package tokenbroker.sandbox.web;

import tokenbroker.pages.Html;

/** A block of code that scrolls by itself, also with the keyboard. */
public final class CodeBlock {

  private CodeBlock() {}

  /**
   * Returns the block under its label.
   *
   * @param label plain text, such as {@code Request}
   */
  public static Html of(String label, String code) {
    return Html.of(
        """
        <div class="code">
        <p class="quiet small">{}</p>
        <pre tabindex="0" role="group" aria-label="{}"><code>{}</code></pre>
        </div>
        """,
        label,
        label,
        code);
  }
}
