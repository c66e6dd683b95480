package tokenbroker.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Proves that the charts in docs/images show the data next to them. To show another run, copy its
 * target/bench/charts.json there and run {@code ./mvnw test -Dtest=ChartsTest -Dupdate.docs=true}.
 */
class ChartsTest {

  private static final Path PUBLISHED = Path.of("docs", "images", Charts.DATA);

  @Test
  void theChartsShowTheData() throws IOException {
    if (Boolean.getBoolean("update.docs")) {
      Charts.draw(PUBLISHED);
    }
    var charts = Charts.of(PUBLISHED);
    assertThat(charts.keySet())
        .extracting(Path::getFileName)
        .map(Path::toString)
        .containsExactlyInAnyOrder("hits-by-connections.svg", "tail.svg");
    for (var chart : charts.entrySet()) {
      assertThat(Files.readString(chart.getKey()))
          .as("%s is out of date: run this test with -Dupdate.docs=true", chart.getKey())
          .isEqualTo(chart.getValue());
    }
  }
}
