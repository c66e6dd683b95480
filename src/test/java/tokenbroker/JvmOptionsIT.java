package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.ConnectedSite;

/**
 * Proves that nobody can read the memory of a broker started with the image's options, unless an
 * operator allows it.
 */
class JvmOptionsIT {

  @RegisterExtension private static final ConnectedSite SITE = new ConnectedSite();

  @BeforeEach
  void jvm() {
    assumeFalse(BrokerProcess.isNative(), "a native executable has no jvm.options");
  }

  @Test
  void nobodyAttachesAndAThreadDumpShowsNoSecret() {
    try (var broker = SITE.settings().jvm("@jvm.options").start()) {
      assertThat(broker.get("/tokens/acme", SITE.caller()).statusCode()).isEqualTo(200);
      assertThatThrownBy(() -> broker.jcmd("VM.version")).hasMessageContaining("jcmd ended");

      broker.quit();
      broker.awaitOutput("Full thread dump");
      assertThat(broker.get("/tokens/acme", SITE.caller()).statusCode()).isEqualTo(200);
      assertThat(SITE.outputOf(broker)).doesNotContain(SITE.caller());
    }
  }

  @Test
  void anOperatorCanAllowIt() {
    try (var broker =
        SITE.settings()
            .jvm("@jvm.options")
            .environment("_JAVA_OPTIONS", "-XX:-DisableAttachMechanism")
            .start()) {
      broker.jcmd("GC.heap_dump", SITE.directory().resolve("heap.hprof").toString());
      assertThat(SITE.directory().resolve("heap.hprof")).isNotEmptyFile();
    }
  }

  @Test
  void aCrashLeavesNoCoreFile() throws IOException, InterruptedException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var flags = SITE.directory().resolve("flags");
    var ended =
        new ProcessBuilder(java, "@jvm.options", "-XX:+PrintFlagsFinal", "-version")
            .redirectOutput(flags.toFile())
            .start()
            .waitFor();
    assertThat(ended).isZero();
    assertThat(Files.readString(flags)).containsPattern("CreateCoredumpOnCrash += false");
  }

  @Test
  void everyImageOfTheJvmIsStartedSo() throws IOException {
    assertThat(Files.readAllLines(Path.of("Dockerfile")))
        .filteredOn(line -> line.startsWith("ENTRYPOINT"))
        .hasSize(2)
        .allMatch(line -> line.contains("\"java\", \"@jvm.options\""));
    assertThat(Files.readString(Path.of("Dockerfile.native")))
        .contains("-Dquarkus.native.monitoring=none");
  }
}
