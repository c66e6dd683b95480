package tokenbroker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Proves that docs/configuration.md matches {@link BrokerConfig}. To update the document, run
 * {@code ./mvnw test -Dtest=ConfigurationReferenceTest -Dupdate.docs=true}.
 */
class ConfigurationReferenceTest {

  private static final Path SOURCE = Path.of("src/main/java/tokenbroker/config/BrokerConfig.java");
  private static final Path DOCUMENT = Path.of("docs/configuration.md");
  private static final String BEGIN =
      "<!-- Generated from BrokerConfig.java up to the next mark: change it there. -->\n";
  private static final String END = "<!-- End of the generated part. -->\n";

  @Test
  void theDocumentSaysWhatTheSourceSays() throws IOException {
    var document = Files.readString(DOCUMENT);
    var upToDate = withGeneratedPart(document, rendered(reference()));
    if (Boolean.getBoolean("update.docs")) {
      Files.writeString(DOCUMENT, upToDate);
      return;
    }
    assertThat(document)
        .as("%s is out of date: run this test with -Dupdate.docs=true", DOCUMENT)
        .isEqualTo(upToDate);
  }

  static ConfigurationReference reference() throws IOException {
    return ConfigurationReference.of(SOURCE, "broker");
  }

  private static String withGeneratedPart(String document, String generated) {
    assertThat(document).containsOnlyOnce(BEGIN).containsOnlyOnce(END);
    var head = document.substring(0, document.indexOf(BEGIN) + BEGIN.length());
    return head + "\n" + generated + document.substring(document.indexOf(END));
  }

  private static String rendered(ConfigurationReference reference) {
    return reference.groups().stream()
        .map(ConfigurationReferenceTest::rendered)
        .collect(Collectors.joining());
  }

  private static String rendered(ConfigurationReference.Group group) {
    var markdown = new StringBuilder("## `" + group.prefix() + "`\n\n");
    if (!group.description().isEmpty()) {
      markdown.append(group.description()).append("\n\n");
    }
    markdown.append(
        "| Key | Environment variable | Default | Allowed | |\n|---|---|---|---|---|\n");
    for (var key : group.keys()) {
      markdown.append(
          "| `%s` | `%s` | %s | %s | %s |\n"
              .formatted(
                  key.name(),
                  key.environmentVariable(),
                  key.defaultValue().map(value -> "`" + value + "`").orElse("—"),
                  allowed(Settings.find(key.name()).orElseThrow()),
                  key.description().replace("|", "\\|")));
    }
    return markdown.append('\n').toString();
  }

  private static String allowed(Setting setting) {
    var range = setting.range();
    return range == null
        ? setting.type().description().replaceFirst("^(an?|one of) ", "")
        : "`%s` to `%s`".formatted(range.min(), range.max());
  }
}
