package tokenbroker.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tokenbroker.callers.Caller;
import tokenbroker.check.Options.Comparison;
import tokenbroker.check.Options.Question;
import tokenbroker.check.Options.Who;

/** Proves that options are read as the help text says, and that wrong ones are named. */
class OptionsParserTest {

  @Test
  void withoutOptionsEverythingIsChecked() throws UsageFault {
    assertThat(parse()).isEqualTo(new Options(null, null, null, null));
  }

  @Test
  void valuesFollowTheirOptionOrAnEqualsSign() throws UsageFault {
    var expected = new Options(Path.of("a.yaml"), Set.of("cluster", "corp"), null, null);

    assertThat(parse("--clients", "a.yaml", "--issuers", "cluster, corp")).isEqualTo(expected);
    assertThat(parse("--clients=a.yaml", "--issuers=cluster,corp")).isEqualTo(expected);
  }

  @Test
  void aSubjectMayContainCommasAndEqualsSigns() throws UsageFault {
    var caller = new Caller("corp", "CN=orders,OU=shop", Set.of("a,b", "c"));

    assertThat(parse("--as", "issuer=corp,subject=CN=orders,OU=shop,group=a,b,group=c").question())
        .isEqualTo(new Question(new Who.Described(caller), Optional.empty()));
  }

  @Test
  void aJwtIsAskedAboutByItsFile() throws UsageFault {
    assertThat(parse("--jwt", "-", "--client", "acme").question())
        .isEqualTo(new Question(new Who.Jwt("-"), Optional.of("acme")));
  }

  @Test
  void twoFilesAreCompared() throws UsageFault {
    assertThat(parse("--diff", "old.yaml", "new.yaml").comparison())
        .isEqualTo(new Comparison(Path.of("old.yaml"), Path.of("new.yaml")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --cleints a.yaml                  | "--cleints" is not an option: use one of --diff, --as,
          clients.yaml                      | "clients.yaml" is not an option
          --clients                         | --clients has no value
          --clients --as x                  | --clients has no value
          --clients=                        | --clients has an empty value
          --clients a --clients b           | --clients is given twice
          --diff a                          | --diff needs two values
          --diff a b --diff c d             | --diff is given twice
          --diff a b --clients c            | --diff and --clients exclude each other
          --diff a b --jwt -                | --diff and --jwt exclude each other
          --as issuer=a,subject=b --jwt -   | --as and --jwt exclude each other
          --client acme                     | --client names no caller: add --as or --jwt
          --issuers a                       | --issuers replaces the issuers of the settings: use it with --clients or --diff
          --as issuer=a                     | --as has no subject: write issuer=NAME,subject=SUBJECT
          --as subject=a                    | --as has no issuer
          --as issuer=,subject=a            | --as contains "issuer="
          --as orders                       | --as contains "orders"
          --as issuer=a,subject=b,issuer=c  | --as contains "issuer=c"
          """)
  void aWrongOptionIsNamed(String line, String message) {
    assertThatThrownBy(() -> parse(line.split(" ")))
        .isInstanceOf(UsageFault.class)
        .hasMessageContaining(message);
  }

  private static Options parse(String... arguments) throws UsageFault {
    return OptionsParser.parse(List.of(arguments));
  }
}
