package tokenbroker.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.Yaml;

/** The published description holds together, and {@code docs/errors.md} tells the same. */
class OpenApiTest {

  private static final Path ERRORS = Path.of("docs/errors.md");
  private static final Pattern ERROR_SECTION =
      Pattern.compile("(?ms)^## `(\\w+)`\n(.*?)(?=^## |\\z)");
  private static final Pattern JSON_BLOCK = Pattern.compile("(?s)```json\n(.*?)```");

  private final ObjectMapper json = new ObjectMapper();
  private final JsonNode document = read(Path.of("src/main/resources/META-INF/openapi.yaml"));

  @ParameterizedTest
  @CsvSource({
    "get, /tokens/{client}, 200 204 400 401 403 406 429 500 502 503 504 default",
    "post, /tokens/{client}/invalidate, 200 400 401 403 406 413 415 429 500 502 503 504 default",
    "get, /clients, 200 400 401 406 429 500 503 default",
  })
  void everyOperationTellsEachStatusItCanAnswerWith(String method, String path, String statuses) {
    var responses = document.path("paths").path(path).path(method).path("responses");

    assertThat(responses.fieldNames()).toIterable().containsExactly(statuses.split(" "));
  }

  @Test
  void everyAnswerWithABodyHasExamplesThatFitIt() {
    for (var responses : document.path("paths").findValues("responses")) {
      for (var response : responses.properties()) {
        for (var body : resolved(response.getValue()).path("content")) {
          assertThat(body.path("examples")).as(response.getKey()).isNotEmpty();
          for (var example : body.path("examples")) {
            assertFits(resolved(example).path("value"), body.path("schema"), response.getKey());
          }
        }
      }
    }
  }

  @Test
  void everyReferenceResolves() {
    var references = document.findValuesAsText("$ref");

    assertThat(references)
        .isNotEmpty()
        .allSatisfy(
            reference -> {
              assertThat(reference).startsWith("#/components/");
              assertThat(document.at(reference.substring(1)).isObject()).isTrue();
            });
  }

  @Test
  void everyProblemCodeHasAnExampleOfItsType() {
    assertThat(problemExamples())
        .extracting(problem -> problem.path("type").asText())
        .hasSameElementsAs(
            codes().stream().map(code -> "urn:token-broker:problem:" + code).toList());
    assertThat(problemExamples())
        .allSatisfy(
            problem ->
                assertThat(problem.path("type").asText())
                    .endsWith(":" + problem.path("code").asText()));
  }

  @Test
  void theErrorsDocumentShowsTheSameExamples() throws IOException {
    var documented = new TreeSet<String>();
    var sections = ERROR_SECTION.matcher(Files.readString(ERRORS));
    while (sections.find()) {
      var code = sections.group(1);
      documented.add(code);
      var shown =
          JSON_BLOCK.matcher(sections.group(2)).results().map(block -> parsed(block.group(1)));
      assertThat(shown)
          .as(code)
          .containsExactlyInAnyOrderElementsOf(
              problemExamples().stream()
                  .filter(problem -> problem.path("code").asText().equals(code))
                  .toList());
    }
    assertThat(documented).containsExactlyInAnyOrderElementsOf(codes());
  }

  private List<JsonNode> problemExamples() {
    return document
        .at("/components/examples")
        .valueStream()
        .map(example -> example.path("value"))
        .filter(value -> value.has("code"))
        .toList();
  }

  private List<String> codes() {
    return document
        .at("/components/schemas/Problem/properties/code/enum")
        .valueStream()
        .map(JsonNode::asText)
        .toList();
  }

  private void assertFits(JsonNode example, JsonNode schema, String status) {
    if (example.isTextual()) {
      assertThat(resolved(schema).path("type").asText()).isEqualTo("string");
      return;
    }
    var whole = resolved(schema);
    var parts = whole.has("allOf") ? whole.path("allOf").valueStream() : Stream.of(whole);
    var declared = new TreeSet<String>();
    var required = new TreeSet<String>();
    parts
        .map(this::resolved)
        .forEach(
            part -> {
              part.path("properties").fieldNames().forEachRemaining(declared::add);
              part.path("required").forEach(name -> required.add(name.asText()));
            });
    assertThat(example.fieldNames())
        .toIterable()
        .as(example.toString())
        .containsAll(required)
        .isSubsetOf(declared);
    if (example.has("status")) {
      assertThat(status).isIn(example.path("status").asText(), "default");
    }
  }

  private JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? document.at(node.path("$ref").asText().substring(1)) : node;
  }

  private JsonNode parsed(String text) {
    try {
      return json.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JsonNode read(Path yaml) {
    try (var reader = Files.newBufferedReader(yaml)) {
      return json.valueToTree(new Yaml().load(reader));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
