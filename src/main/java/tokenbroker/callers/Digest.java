package tokenbroker.callers;

import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import tokenbroker.seal.Sha256;

/** The SHA-256 digest of a whole JWT. It is the cache key, so that the broker stores no JWT. */
final class Digest {

  private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(Sha256::digest);

  private final byte[] bytes;

  private Digest(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Returns the digest of a JWT. Characters outside ISO 8859-1 are hashed as {@code ?}, which no
   * accepted JWT contains.
   */
  static Digest of(CharSequence jwt) {
    var digest = SHA_256.get();
    if (jwt instanceof AsciiString ascii) { // A part of a header, which need not be copied.
      digest.update(ascii.array(), ascii.arrayOffset(), ascii.length());
    } else {
      digest.update(jwt.toString().getBytes(StandardCharsets.ISO_8859_1));
    }
    return new Digest(digest.digest());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Digest digest && Arrays.equals(bytes, digest.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes, 0, 4);
  }
}
