package tokenbroker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

class SandboxFilesTest {

  private static final URI SANDBOX = URI.create("http://127.0.0.1:8123/sandbox");

  private Path root;
  private SandboxFiles files;

  @BeforeEach
  void chooseDirectory(@TempDir Path parent) {
    root = parent.resolve("files");
    files = new SandboxFiles(root);
  }

  @Test
  void theClientsFileLeadsToTheSandbox() throws IOException {
    files.write(SANDBOX);
    assertThat(new Yaml().<Map<String, Object>>load(Files.readString(files.clients())))
        .extractingByKey("upstreams")
        .isEqualTo(Map.of("sandbox", Map.of("base-url", SANDBOX + "/trackmage")));
  }

  @Test
  void usersMayComeBackToTheDemoPage() throws IOException {
    files.write(SANDBOX);
    assertThat(new Yaml().<Map<String, Object>>load(Files.readString(files.clients())))
        .extractingByKey("clients")
        .extracting("demo.return-to")
        .isEqualTo(List.of(SANDBOX + "/demo"));
  }

  @Test
  void nobodyElseMayLookInside() throws IOException {
    files.write(SANDBOX);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root)))
        .isEqualTo("rwx------");
  }

  @Test
  void aSecondStartChangesNothing() throws IOException {
    files.write(SANDBOX);
    var before = contents();
    var longAgo = FileTime.fromMillis(0);
    Files.setLastModifiedTime(files.clients(), longAgo);
    files.write(SANDBOX);
    assertThat(contents()).isEqualTo(before);
    assertThat(Files.getLastModifiedTime(files.clients())).isEqualTo(longAgo);
  }

  @Test
  void anotherAddressIsWritten() throws IOException {
    files.write(URI.create("http://127.0.0.1:1/sandbox"));
    files.write(SANDBOX);
    assertThat(files.clients()).content().contains(":8123/").doesNotContain(":1/");
  }

  @Test
  void aDirectoryThatOthersMayEnterIsRefused() throws IOException {
    Files.createDirectory(
        root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));
    assertThatThrownBy(() -> files.write(SANDBOX))
        .isInstanceOf(UncheckedIOException.class)
        .hasStackTraceContaining("must be a directory that only this user can access");
    assertThat(root).isEmptyDirectory();
  }

  @Test
  void aLinkToADirectoryIsRefused(@TempDir Path elsewhere) throws IOException {
    Files.createSymbolicLink(root, elsewhere);
    assertThatThrownBy(() -> files.write(SANDBOX)).isInstanceOf(UncheckedIOException.class);
    assertThat(elsewhere).isEmptyDirectory();
  }

  private Map<Path, String> contents() throws IOException {
    var contents = new HashMap<Path, String>();
    try (var all = Files.walk(root)) {
      for (var file : all.filter(Files::isRegularFile).toList()) {
        contents.put(file, Files.readString(file));
      }
    }
    return contents;
  }
}
