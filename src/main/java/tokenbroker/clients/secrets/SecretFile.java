package tokenbroker.clients.secrets;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import tokenbroker.clients.CredentialsFault;
import tokenbroker.clients.CredentialsFault.Kind;
import tokenbroker.clients.Text;

/** Reads a file that holds one credential, optionally followed by newlines. */
public final class SecretFile {

  private static final int LARGEST = 8 * 1024;

  private SecretFile() {}

  /** The content of the file, or the reason why it is no credential. */
  public sealed interface Content {
    record Plain(String value) implements Content {
      @Override
      public String toString() {
        return "Plain[redacted]";
      }
    }

    record Faulty(CredentialsFault fault) implements Content {}
  }

  /** Reads the file. It never throws. A fault names the file and never quotes its content. */
  public static Content read(Path file) {
    byte[] bytes;
    try {
      // Reading a pipe or a device would block or never end.
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        return faulty(Kind.UNREADABLE, file + " is not a regular file: replace it by one");
      }
      bytes = bytesOf(file);
    } catch (NoSuchFileException e) {
      return faulty(Kind.MISSING, file + " is missing: create it");
    } catch (IOException e) {
      return faulty(Kind.UNREADABLE, file + " cannot be read: check its permissions");
    }
    if (bytes.length > LARGEST) {
      return faulty(
          Kind.MALFORMED, file + " is larger than 8 KiB: write only the credential into it");
    }
    return content(file, bytes);
  }

  private static byte[] bytesOf(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return in.readNBytes(LARGEST + 1);
    }
  }

  private static Content content(Path file, byte[] bytes) {
    String text;
    try {
      text = withoutNewlines(Text.utf8(bytes));
    } catch (CharacterCodingException e) {
      return faulty(Kind.MALFORMED, file + " is not UTF-8: save it as UTF-8 text");
    }
    if (text.isBlank()) {
      return faulty(Kind.MALFORMED, file + " is empty: write the credential into it");
    }
    if (!Text.isPrintable(text)) {
      return faulty(
          Kind.MALFORMED,
          file + " contains an unprintable character: write only the credential into it");
    }
    return new Content.Plain(text);
  }

  private static String withoutNewlines(String text) {
    var end = text.length();
    while (end > 0 && text.charAt(end - 1) == '\n') {
      end -= end > 1 && text.charAt(end - 2) == '\r' ? 2 : 1;
    }
    return text.substring(0, end);
  }

  private static Content faulty(Kind kind, String message) {
    return new Content.Faulty(new CredentialsFault(kind, message));
  }
}
