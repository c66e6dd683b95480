package tokenbroker.config;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.LiteralTree;
import com.sun.source.doctree.TextTree;
import org.jspecify.annotations.Nullable;

/** A converter from a doc comment to one line of Markdown. */
final class Javadoc {

  private Javadoc() {}

  /**
   * Returns the comment's main text as Markdown.
   *
   * @throws IllegalArgumentException if the comment is missing, or contains HTML or a tag other
   *     than code
   */
  static String asMarkdown(@Nullable DocCommentTree comment) {
    if (comment == null) {
      throw new IllegalArgumentException("a key without a comment");
    }
    var markdown = new StringBuilder();
    comment.getFullBody().forEach(part -> markdown.append(asMarkdown(part)));
    return markdown.toString().strip().replaceAll("\\s+", " ");
  }

  private static String asMarkdown(DocTree part) {
    return switch (part) {
      case TextTree text -> text.getBody();
      case LiteralTree code when code.getKind() == DocTree.Kind.CODE ->
          "`" + code.getBody().getBody().strip() + "`";
      default -> throw new IllegalArgumentException("not known in a key's comment: " + part);
    };
  }
}
