package tokenbroker.shipped;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Proves that {@code ./mvnw} runs only the Maven whose checksums are committed. */
class MavenWrapperTest {

  private static final Path PROPERTIES = Path.of(".mvn", "wrapper", "maven-wrapper.properties");
  private static final Map<String, String> SUMS =
      Map.of("zip", "distributionSha256Sum", "tar.gz", "distributionTarGzSha256Sum");

  @TempDir Path directory;

  private HttpServer registry;

  @BeforeEach
  void start() throws IOException {
    registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    registry.createContext(
        "/",
        exchange -> {
          var file = directory.resolve(Path.of(exchange.getRequestURI().getPath()).getFileName());
          var bytes = Files.readAllBytes(file);
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    registry.start();
    Files.copy(Path.of("mvnw"), directory.resolve("mvnw"));
    var maven = Files.createDirectories(directory.resolve("apache-maven-3.9.11/bin"));
    Files.writeString(maven.resolve("mvn"), "#!/bin/sh\necho this is Maven\n");
    run("chmod", "+x", maven.resolve("mvn").toString());
    zip(maven.resolve("mvn"));
    run("tar", "-czf", name("tar.gz"), "apache-maven-3.9.11");
  }

  @AfterEach
  void stop() {
    registry.stop(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"zip", "tar.gz"})
  void anArchiveWithTheCommittedSumIsRun(String kind) throws Exception {
    write(kind, sum(kind));
    assertThat(mvnw(kind)).contains("this is Maven");
  }

  @ParameterizedTest
  @ValueSource(strings = {"zip", "tar.gz"})
  void anotherArchiveIsRefused(String kind) throws Exception {
    write(kind, committed(SUMS.get(kind)));
    assertThat(mvnw(kind)).contains("Failed to validate").doesNotContain("this is Maven");
  }

  /** Sets the permissions too, which the JDK's jar tool would not store. */
  private void zip(Path script) throws IOException {
    var posix = Map.of("create", true, "enablePosixFileAttributes", true);
    try (var archive = FileSystems.newFileSystem(directory.resolve(name("zip")), posix)) {
      var entry = archive.getPath("apache-maven-3.9.11/bin/mvn");
      Files.createDirectories(entry.getParent());
      Files.copy(script, entry);
      Files.setPosixFilePermissions(entry, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  private static String name(String kind) {
    return "apache-maven-3.9.11-bin." + kind;
  }

  /**
   * Writes the committed properties with another URL, and another checksum for one kind of archive.
   */
  private void write(String kind, String sum) throws IOException {
    var url = "http://127.0.0.1:%d/%s".formatted(registry.getAddress().getPort(), name("zip"));
    var properties =
        Files.readString(PROPERTIES)
            .replaceFirst("(?m)^distributionUrl=.*$", "distributionUrl=" + url)
            .replace(SUMS.get(kind) + "=" + committed(SUMS.get(kind)), SUMS.get(kind) + "=" + sum);
    var copy = directory.resolve(PROPERTIES);
    Files.createDirectories(copy.getParent());
    Files.writeString(copy, properties);
  }

  private static String committed(String key) throws IOException {
    return Files.readAllLines(PROPERTIES).stream()
        .filter(line -> line.startsWith(key + "="))
        .map(line -> line.substring(key.length() + 1))
        .findFirst()
        .orElseThrow();
  }

  private String sum(String kind) throws Exception {
    var archive = Files.readAllBytes(directory.resolve(name(kind)));
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(archive));
  }

  /** Runs the script. It uses the .tar.gz if unzip is not on the {@code PATH}. */
  private String mvnw(String kind) throws IOException {
    var tools = Files.createDirectories(directory.resolve("tools"));
    for (var folder : System.getenv("PATH").split(":", -1)) {
      link(Path.of(folder), tools, kind.equals("zip") ? "" : "unzip");
    }
    return run(
        "env",
        "PATH=" + tools,
        "MAVEN_USER_HOME=" + directory.resolve("m2"),
        "sh",
        "./mvnw",
        "--version");
  }

  private static void link(Path folder, Path tools, String missing) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (var files = Files.list(folder)) {
      for (var file : files.toList()) {
        var link = tools.resolve(file.getFileName());
        if (!file.endsWith(missing) && Files.notExists(link, LinkOption.NOFOLLOW_LINKS)) {
          Files.createSymbolicLink(link, file);
        }
      }
    }
  }

  private String run(String... command) throws IOException {
    var process =
        new ProcessBuilder(List.of(command))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    return new String(process.getInputStream().readAllBytes(), UTF_8);
  }
}
