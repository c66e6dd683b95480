package tokenbroker.clients;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Looks at the clients file again and again, and reads it when its contents are other ones. */
final class ClientsFileWatch {

  private static final String UNREADABLE = "";

  private final Path file;
  private final Set<String> issuers;
  private final boolean allowPlainHttp;
  private String lastSeen = "nothing yet";

  ClientsFileWatch(Path file, Set<String> issuers, boolean allowPlainHttp) {
    this.file = file;
    this.issuers = Set.copyOf(issuers);
    this.allowPlainHttp = allowPlainHttp;
  }

  /** Empty where the file is what it was at the last look. */
  Optional<ClientsFile.Result> look() {
    byte[] bytes;
    try {
      bytes = bytes();
    } catch (IOException e) {
      return isNew(UNREADABLE)
          ? faulty(file + " cannot be read: check that it is there, and its permissions")
          : Optional.empty();
    }
    if (!isNew(digest(bytes))) {
      return Optional.empty();
    }
    if (bytes.length > ClientsFile.LARGEST) {
      return faulty("the file is larger than 64 MiB: split it between brokers");
    }
    try {
      return Optional.of(ClientsFile.parse(Text.utf8(bytes), issuers, allowPlainHttp));
    } catch (CharacterCodingException e) {
      return faulty("the file is not UTF-8: save it as UTF-8");
    }
  }

  private byte[] bytes() throws IOException {
    try (var in = Files.newInputStream(file)) {
      return in.readNBytes(ClientsFile.LARGEST + 1);
    }
  }

  private boolean isNew(String content) {
    var isNew = !content.equals(lastSeen);
    lastSeen = content;
    return isNew;
  }

  private static Optional<ClientsFile.Result> faulty(String message) {
    return Optional.of(new ClientsFile.Result.Faulty(List.of(new Fault(0, message))));
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JVM has no SHA-256", e);
    }
  }
}
