package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.Site;

/** Proves that the log is JSON for programs and plain text for people. */
class LogFormatIT {

  private static final String STARTED = "The broker has started";

  @RegisterExtension private static final Site SITE = new Site().inMemory();

  @BeforeAll
  static void needsScript() {
    assumeTrue(Files.exists(Path.of("/usr/bin/script")), "script is missing: install bsdutils");
  }

  @Test
  void aPipeGetsJsonWithTheMembersOfTheReference() throws IOException {
    var broker = SITE.start(SITE.settings());
    var reference = Files.readString(Path.of("docs/logs.md"));
    assertThat(broker.awaitOutput(STARTED).lines())
        .filteredOn(line -> line.contains(STARTED))
        .singleElement()
        .satisfies(
            line ->
                assertThat(new ObjectMapper().readTree(line).fieldNames())
                    .toIterable()
                    .contains("timestamp", "level", "message")
                    .allMatch(name -> reference.contains("`" + name + "`")));
  }

  @Test
  void aTerminalGetsPlainText() {
    var broker = SITE.start(SITE.settings().onTerminal());
    assertThat(broker.awaitOutput(STARTED)).doesNotContain("\"message\"");
  }

  @Test
  void aSettingWinsOverTheTerminal() {
    var settings =
        SITE.settings().environment("QUARKUS_LOG_CONSOLE_JSON_ENABLED", "true").onTerminal();
    SITE.start(settings).awaitOutput("\"message\":\"" + STARTED);
  }
}
