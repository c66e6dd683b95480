package tokenbroker.callers;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import tokenbroker.files.PemBlock;
import tokenbroker.files.TextFile;
import tokenbroker.files.UnusableText;

/**
 * Reads public keys in the forms in which issuers publish them and people store them: a JWKS (RFC
 * 7517), or PEM.
 */
final class KeyTexts {

  /**
   * The maximum number of keys with the same id, or without one. The broker may try each of them
   * for one JWT.
   */
  static final int MOST_WITH_ONE_ID = 16;

  private KeyTexts() {}

  /**
   * Returns all signing keys in the text that the issuer's algorithms can use.
   *
   * @throws UnusableText if the text is not well-formed or holds no such key
   */
  static List<IssuerKey> read(String text, IssuerSettings issuer) throws UnusableText {
    var bare = TextFile.withoutMark(text).strip();
    if (bare.isEmpty()) {
      throw new KeysUnreadable("the text is empty");
    }
    var keys =
        PemBlock.isIn(bare) || PemKeys.isBareBase64(bare)
            ? PemKeys.read(bare, issuer)
            : Jwks.read(bare, issuer);
    if (keys.isEmpty()) {
      throw new KeysUnreadable("the text contains no public key for the issuer's algorithms");
    }
    var ids = keys.stream().collect(Collectors.groupingBy(KeyTexts::id, Collectors.counting()));
    if (ids.values().stream().anyMatch(count -> count > MOST_WITH_ONE_ID)) {
      throw new KeysUnreadable(
          "more than " + MOST_WITH_ONE_ID + " keys have the same id, or no id");
    }
    return keys;
  }

  private static String id(IssuerKey key) {
    return Objects.toString(key.id);
  }
}
