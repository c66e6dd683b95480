package tokenbroker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves how a {@code $} is written in a value, as docs/configuration.md describes it. */
class ExpressionsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a$b | a$b",
        "a$ | a$",
        "a$$b | a$b",
        "a$$$$b | a$$b",
        "a\\$b | a$b",
        "a\\${b} | a${b}",
        "a${BROKER_WORD}b | awordb",
        "a${nothing:otherwise}b | aotherwiseb"
      })
  void whatIsWrittenIsRead(String written, String read) {
    for (var key : new String[] {"quarkus.redis.password", "broker.seal.primary"}) {
      var words = Map.of("BROKER_WORD", "word");
      assertThat(value(GatedConfig.with(Map.of(key, written), words), key)).isEqualTo(read);
      var variables = Map.of(SettingSource.variable(key), written, "BROKER_WORD", "word");
      assertThat(value(GatedConfig.with(Map.of(), variables), key)).isEqualTo(read);
    }
  }

  private static String value(GatedConfig config, String key) {
    return config.all().getValue(key, String.class);
  }
}
