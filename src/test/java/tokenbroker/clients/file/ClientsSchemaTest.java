package tokenbroker.clients.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** Proves that docs/clients.schema.json and docs/clients-file.md describe what the broker reads. */
class ClientsSchemaTest {

  private static final Path SCHEMA = Path.of("docs", "clients.schema.json");
  private static final Path PAGE = Path.of("docs", "clients-file.md");
  private static final Set<String> ISSUERS = Set.of("cluster", "corp");
  private static final Pattern YAML = Pattern.compile("(?s)```yaml\\n(.*?)```");
  private static final Pattern KEYS = Pattern.compile(".*: use one of ([a-z, -]+)$");

  private final String text = text(SCHEMA);
  private final Schema schema =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(text);

  @Test
  void eachExampleOfThePageIsValid() {
    var examples = YAML.matcher(text(PAGE)).results().map(match -> match.group(1)).toList();
    assertThat(examples).hasSize(2);
    assertThat(examples)
        .allSatisfy(
            example -> {
              assertThat(faults(example)).isEmpty();
              assertThat(schemaFaults(example)).isEmpty();
            });
  }

  /** The reader names the keys that it knows when it meets another one. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          { clients: , other: 1 }                                        | /properties
          { clients: { a: { other: 1 } } }                               | /$defs/client/properties
          { clients: { a: { callers: [ { issuer: corp, group: g, other: 1 } ] } } } | /$defs/caller/properties
          { clients: , upstreams: { rc: { other: 1 } } }                 | /$defs/upstream/properties
          """)
  void theSchemaAndThePageHaveTheKeysThatTheReaderKnows(String yaml, String properties)
      throws IOException {
    assertThat(schemaFaults(yaml)).isNotEmpty();
    var message = faults(yaml).getFirst().message();
    var keys = KEYS.matcher(message);
    assertThat(keys.matches()).as(message).isTrue();
    var known = List.of(keys.group(1).split(", "));
    JsonNode declared = new JsonMapper().readTree(text).at(properties);
    assertThat(declared.fieldNames()).toIterable().containsExactlyInAnyOrderElementsOf(known);
    assertThat(known).allMatch(key -> text(PAGE).contains("`" + key + "`"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "clients:",
        "clients: {}",
        "{ clients: { a: } }",
        "{ clients: { a: { callers: } } }",
        "{ clients: { a: { upstream: rc, scope: read write } } }",
        "{ clients: { a: { callers: [ { issuer: corp, subject: 's:*' } ] } } }",
        "{ clients: { a: { callers: [ { issuer: corp, group: g } ] } } }",
        "{ clients: { a: { return-to: [ 'http://localhost:8080/back?a=b' ] } } }",
        "{ clients: , upstreams: { production: { request-style: json } } }",
        "{ clients: , upstreams: { x: { base-url: 'https://x.example/tm', exchange-path: /a } } }"
      })
  void whatTheReaderAcceptsTheSchemaAcceptsToo(String yaml) {
    assertThat(faults(yaml)).isEmpty();
    assertThat(schemaFaults(yaml)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "upstreams:",
        "{ clients: [] }",
        "{ clients: { Upper: } }",
        "{ clients: { -a: } }",
        "{ clients: { a: text } }",
        "{ clients: { a: { scope: 'two  blanks' } } }",
        "{ clients: { a: { callers: text } } }",
        "{ clients: { a: { callers: [ { subject: s } ] } } }",
        "{ clients: { a: { callers: [ { issuer: corp } ] } } }",
        "{ clients: { a: { callers: [ { issuer: corp, subject: s, group: g } ] } } }",
        "{ clients: { a: { callers: [ { issuer: corp, subject: 's*' } ] } } }",
        "{ clients: { a: { callers: [ { issuer: corp, subject: '*' } ] } } }",
        "{ clients: { a: { callers: [ { issuer: corp, subject: 's:*:t' } ] } } }",
        "{ clients: { a: { callers: [ { issuer: corp, group: 'g*' } ] } } }",
        "{ clients: { a: { return-to: [ 'ftp://x' ] } } }",
        "{ clients: { a: { return-to: [ 'https://x#y' ] } } }",
        "{ clients: , upstreams: { x: } }",
        "{ clients: , upstreams: { x: { request-style: form } } }",
        "{ clients: , upstreams: { rc: { request-style: post } } }",
        "{ clients: , upstreams: { rc: { base-url: 'api.example' } } }",
        "{ clients: , upstreams: { rc: { base-url: 'https://x?y' } } }",
        "{ clients: , upstreams: { rc: { exchange-path: token } } }"
      })
  void whatTheSchemaRefusesTheReaderRefusesToo(String yaml) {
    assertThat(schemaFaults(yaml)).isNotEmpty();
    assertThat(faults(yaml)).isNotEmpty();
  }

  /** Validates as editors do: with aliases resolved. */
  private List<Error> schemaFaults(String yaml) {
    var json = new JsonMapper().valueToTree(new Yaml().load(yaml)).toString();
    return schema.validate(json, InputFormat.JSON);
  }

  private static List<Fault> faults(String yaml) {
    return switch (ClientsFile.parse(yaml, ISSUERS, false, RuleLines.NONE)) {
      case ClientsFile.Result.Read _ -> List.of();
      case ClientsFile.Result.Faulty(var faults) -> faults;
    };
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
