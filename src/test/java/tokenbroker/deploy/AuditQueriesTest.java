package tokenbroker.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proves that the commands of docs/operations.md find who was given a leaked token. */
class AuditQueriesTest {

  private static final Pattern COMMANDS =
      Pattern.compile("(?s)### A leaked access token.*?```sh\\n.*?(# Who .*?)```");

  /** What is in a log beside the lines in question: other events, other tokens, the log itself. */
  private static final String LOG =
      """
      {"time":"2026-11-26T08:10:00.1Z","event":"token","issuer":"cluster","subject":"shop:orders","address":"10.0.0.1","client":"acme-eu","outcome":"fetched","token_id":"Zk3x0-5vQm1Yt8WcR2LaUg"}
      {"timestamp":"2026-11-26T08:10:01Z","level":"INFO","message":"the log"}
      {"time":"2026-11-26T08:20:00.1Z","event":"token","issuer":"cluster","subject":"shop:orders","address":"10.0.0.1","client":"acme-eu","outcome":"nearby","token_id":"Zk3x0-5vQm1Yt8WcR2LaUg"}
      {"time":"2026-11-26T08:30:00.1Z","event":"token","issuer":"corp","subject":"anna","address":"10.0.0.2","client":"acme-eu","outcome":"nearby","token_id":"Zk3x0-5vQm1Yt8WcR2LaUg"}
      {"time":"2026-11-26T08:40:00.1Z","event":"token","issuer":"corp","subject":"bert","address":"10.0.0.3","client":"acme-eu","outcome":"forbidden"}
      not JSON, because the JVM wrote it
      {"time":"2026-11-26T09:10:00.1Z","event":"token","issuer":"corp","subject":"cleo","address":"10.0.0.4","client":"acme-eu","outcome":"nearby","token_id":"AAAAAAAAAAAAAAAAAAAAAA"}
      {"time":"2026-11-26T08:50:00.1Z","event":"token","issuer":"corp","subject":"cleo","address":"10.0.0.4","client":"acme-us","outcome":"nearby","token_id":"BBBBBBBBBBBBBBBBBBBBBB"}
      """;

  @TempDir Path directory;

  @BeforeEach
  void needsJq() {
    Tool.JQ.assumeThere();
  }

  @Test
  void whoReceivedATokenAndWhichTokensWereInUseIsFound() throws IOException {
    Files.writeString(directory.resolve("audit.log"), LOG);
    var page = COMMANDS.matcher(Files.readString(Path.of("docs", "operations.md")));
    assertThat(page.find()).isTrue();

    var found = new Tool("bash").run(directory, "-euc", page.group(1));

    assertThat(found.code()).as(found.output()).isZero();
    assertThat(found.output().lines())
        .containsExactly(
            "cluster\tshop:orders\tacme-eu\t10.0.0.1\t2\t2026-11-26T08:10:00.1Z\t2026-11-26T08:20:00.1Z",
            "corp\tanna\tacme-eu\t10.0.0.2\t1\t2026-11-26T08:30:00.1Z\t2026-11-26T08:30:00.1Z",
            "Zk3x0-5vQm1Yt8WcR2LaUg\tcorp\tanna\t1",
            "Zk3x0-5vQm1Yt8WcR2LaUg\tcluster\tshop:orders\t2");
  }
}
