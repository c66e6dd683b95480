package tokenbroker.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads a text file of bounded size and unknown content: keys, a token, or certificates. */
public final class TextFile {

  private static final int LARGEST = 1024 * 1024;
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private TextFile() {}

  /**
   * Reads the whole file as UTF-8, or as UTF-16 if it begins with a UTF-16 byte-order mark.
   *
   * @throws UnusableText naming the file, if it is missing, unreadable, too large or no text
   */
  public static String read(Path file) throws UnusableText {
    var bytes = bytes(file);
    if (bytes.length > LARGEST) {
      throw new UnusableText(file + " is larger than 1 MiB");
    }
    try {
      return withoutMark(charset(bytes).newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      throw new UnusableText(file + " is not UTF-8 text", e);
    }
  }

  public static String withoutMark(String text) {
    return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
  }

  private static byte[] bytes(Path file) throws UnusableText {
    // Reading a pipe would block, and reading a device might never end.
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new UnusableText(file + " is not a regular file");
    }
    try (var in = Files.newInputStream(file)) {
      return in.readNBytes(LARGEST + 1);
    } catch (NoSuchFileException e) {
      throw new UnusableText(file + " does not exist", e);
    } catch (IOException e) {
      throw new UnusableText(file + " cannot be read: check its permissions", e);
    }
  }

  private static Charset charset(byte[] bytes) {
    return bytes.length >= 2
            && ((bytes[0] == -1 && bytes[1] == -2) || (bytes[0] == -2 && bytes[1] == -1))
        ? StandardCharsets.UTF_16
        : StandardCharsets.UTF_8;
  }
}
