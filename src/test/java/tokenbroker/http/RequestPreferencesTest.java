package tokenbroker.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestPreferencesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          return=minimal             | true  | 10
          Return = Minimal           | true  | 10
          return=minimal; foo=bar    | true  | 10
          return="minimal"           | true  | 10
          wait=3                     | false | 3
          wait=0                     | false | 0
          wait=11                    | false | 10
          wait=3, return=minimal     | true  | 3
          wait=-1                    | false | 10
          wait=abc                   | false | 10
          wait=99999999999999999999  | false | 10
          respond-async              | false | 10
          ,,,                        | false | 10
          """)
  void whatIsKnownCountsAndTheRestIsIgnored(String header, boolean minimal, long seconds) {
    assertThat(RequestPreferences.of(List.of(header)))
        .isEqualTo(new RequestPreferences(minimal, Duration.ofSeconds(seconds)));
  }

  @Test
  void severalHeadersAreOne() {
    assertThat(RequestPreferences.of(List.of("wait=2", "return=minimal")))
        .isEqualTo(new RequestPreferences(true, Duration.ofSeconds(2)));
  }
}
