package tokenbroker.clients.file;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.Text;

/** Reads a clients file of bounded size and unknown content. */
public final class ClientsFileText {

  private ClientsFileText() {}

  /**
   * Reads and parses a clients file once.
   *
   * @param issuers the names of the configured issuers; null to accept any name
   * @param allowPlainHttp as in {@link ClientsFile#parse}
   */
  public static ClientsFile.Result read(
      Path file, @Nullable Set<String> issuers, boolean allowPlainHttp, RuleLines lines) {
    return parse(bytes(file), issuers, allowPlainHttp, lines);
  }

  /** Returns the content of the file, one byte longer than allowed at most; null if unreadable. */
  static byte @Nullable [] bytes(Path file) {
    try (var in = Files.newInputStream(file)) {
      return in.readNBytes(ClientsFile.LARGEST + 1);
    } catch (IOException e) {
      return null;
    }
  }

  /** Parses what {@link #bytes} has returned. */
  static ClientsFile.Result parse(
      byte @Nullable [] bytes,
      @Nullable Set<String> issuers,
      boolean allowPlainHttp,
      RuleLines lines) {
    if (bytes == null) {
      return faulty("the file cannot be read: check that it exists, and its permissions");
    }
    if (bytes.length > ClientsFile.LARGEST) {
      return faulty("the file is larger than 64 MiB: split it between brokers");
    }
    try {
      return ClientsFile.parse(Text.utf8(bytes), issuers, allowPlainHttp, lines);
    } catch (CharacterCodingException e) {
      return faulty("the file is not UTF-8: save it as UTF-8");
    }
  }

  private static ClientsFile.Result faulty(String message) {
    return new ClientsFile.Result.Faulty(List.of(new Fault(0, message)));
  }
}
