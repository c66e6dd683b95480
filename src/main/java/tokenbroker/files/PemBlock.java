package tokenbroker.files;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/** One block of a PEM text (RFC 7468). */
public final class PemBlock {

  private static final String BEGIN = "-----BEGIN ";
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]*+)-----END \\1-----");

  private final String label;
  private final byte[] der;

  public PemBlock(String label, byte[] der) {
    this.label = label;
    this.der = der.clone();
  }

  /** Returns the text after {@code BEGIN}, such as {@code PUBLIC KEY}. */
  public String label() {
    return label;
  }

  public byte[] der() {
    return der.clone();
  }

  public static boolean isIn(String text) {
    return text.contains(BEGIN);
  }

  /**
   * Finds all blocks, with any text around them and any line endings.
   *
   * @throws UnusableText if a block is not closed or is not base64
   */
  public static List<PemBlock> allIn(String text) throws UnusableText {
    var blocks = new ArrayList<PemBlock>();
    var matcher = BLOCK.matcher(text);
    while (matcher.find()) {
      blocks.add(new PemBlock(matcher.group(1), decoded(matcher.group(2))));
    }
    if (blocks.size() != text.split(BEGIN, -1).length - 1) {
      throw new UnusableText(
          "a PEM block has no END line, or one that does not match its BEGIN line");
    }
    return blocks;
  }

  /**
   * Decodes base64 with white space anywhere. Unlike the MIME decoder, it skips no other character.
   */
  public static byte[] decoded(String base64) throws UnusableText {
    try {
      return Base64.getDecoder().decode(base64.replaceAll("\\s+", ""));
    } catch (IllegalArgumentException e) {
      throw new UnusableText("a PEM block is not base64");
    }
  }

  @Override
  public String toString() {
    return "PemBlock[" + label + "]";
  }
}
