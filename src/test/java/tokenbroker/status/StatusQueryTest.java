package tokenbroker.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.MultiMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tokenbroker.clients.ClientName;
import tokenbroker.tokens.ClientStatus.State;

class StatusQueryTest {

  @Test
  void withoutParametersTheClientsThatFailComeFirst() throws Exception {
    assertThat(StatusQuery.of(of("")))
        .isEqualTo(new StatusQuery(null, "", null, StatusQuery.Sort.ATTENTION, 1));
  }

  @Test
  void anEmptyFormIsTheSameAsNone() throws Exception {
    assertThat(StatusQuery.of(of("q=&state=&sort=&page=&client=")))
        .isEqualTo(StatusQuery.of(of("")));
  }

  @Test
  void everyParameterIsRead() throws Exception {
    assertThat(StatusQuery.of(of("client=acme&q= EU &state=failing&sort=runway&page=3")))
        .isEqualTo(
            new StatusQuery(
                new ClientName("acme"), "eu", State.FAILING, StatusQuery.Sort.RUNWAY, 3));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nonsense=1    | each of these parameters once
          page=1&page=2 | each of these parameters once
          page=0        | from 1 to 999999
          page=-1       | from 1 to 999999
          page=1000000  | from 1 to 999999
          page=x        | from 1 to 999999
          sort=up       | attention, name, runway, requests, fetches
          state=broken  | ready, idle, failing, rejected
          client=A_B    | name of a client
          """)
  void whatIsNotAllowedIsRefusedWithWhatIs(String query, String allowed) {
    assertThatThrownBy(() -> StatusQuery.of(of(query))).hasMessageContaining(allowed);
  }

  @Test
  void aLinkToAnotherPageKeepsFilterAndOrder() throws Exception {
    var query = StatusQuery.of(of("q=a&state=ready&sort=name"));
    assertThat(query.atPage(2)).isEqualTo("?q=a&state=ready&sort=name&page=2");
    assertThat(query.by(StatusQuery.Sort.RUNWAY)).isEqualTo("?q=a&state=ready&sort=runway&page=1");
  }

  private static MultiMap of(String query) {
    var parameters = MultiMap.caseInsensitiveMultiMap();
    for (var pair : query.split("&", -1)) {
      if (!pair.isEmpty()) {
        var parts = pair.split("=", 2);
        parameters.add(parts[0], parts[1]);
      }
    }
    return parameters;
  }
}
