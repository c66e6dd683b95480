package tokenbroker.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class Http2GuardTest {

  /** Http2Guard applies the limit before the client acknowledges it, Netty afterwards. */
  @Test
  void theLimitOfStreamsIsTheAnnouncedOne() throws IOException {
    var settings = new Properties();
    settings.load(
        new StringReader(Files.readString(Path.of("src/main/resources/application.properties"))));

    assertThat(settings.getProperty("quarkus.http.limits.max-concurrent-streams"))
        .isEqualTo("" + Http2Guard.MOST_STREAMS);
  }
}
