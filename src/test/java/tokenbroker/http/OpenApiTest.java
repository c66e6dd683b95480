package tokenbroker.http;

import static java.util.Locale.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.Yaml;

/**
 * Proves that the published OpenAPI description is consistent and that {@code docs/errors.md}
 * matches it.
 */
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
    "post, /oauth2/token, 200 400 401 413 429 500 502 503 504 default",
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

  /** The broker rejects unknown members of JSON, but ignores unknown parameters of OAuth. */
  @Test
  void everyRequestBodyInJsonIsClosed() {
    var bodies =
        document.path("paths").findValues("requestBody").stream()
            .filter(body -> resolved(body).at("/content/application~1json").isObject())
            .toList();

    assertThat(bodies).hasSize(4);
    assertThat(bodies)
        .allSatisfy(
            body ->
                assertThat(
                        resolved(body.at("/content/application~1json/schema"))
                            .path("additionalProperties"))
                    .isEqualTo(BooleanNode.FALSE));
  }

  /** Tools ignore parameters with these names. See OpenAPI 3.1, "Parameter Object". */
  @Test
  void noParameterIsNamedAsAHeaderThatOpenApiKnowsOtherwise() {
    assertThat(document.findValuesAsText("in")).contains("header");
    assertThat(document.at("/components/parameters").findValuesAsText("name"))
        .doesNotContain("Accept", "Content-Type", "Authorization");
  }

  @ParameterizedTest
  @CsvSource({
    "listClients, getToken listConnections listClients",
    "getToken, invalidateToken",
    "invalidateToken, invalidateToken",
    "beginAuthorization, redeemResult",
    "redeemResult, getTokenOfConnection removeConnection",
    "listConnections, getTokenOfConnection removeConnection listConnections",
    "getTokenOfConnection, invalidateTokenOfConnection",
    "invalidateTokenOfConnection, invalidateTokenOfConnection",
  })
  void whatGivesAnIdIsLinkedToWhatTakesIt(String source, String targets) {
    assertThat(links(source))
        .extracting(link -> link.path("operationId").asText())
        .containsExactlyInAnyOrder(targets.split(" "));
  }

  /** Each example of a response contains the fields that its links use, or null for them. */
  @Test
  void everyLinkFitsItsEnds() {
    assertThat(document.at("/components/links"))
        .allSatisfy(
            link -> {
              var target = operation(link.path("operationId").asText());
              assertThat(link.path("parameters").fieldNames())
                  .toIterable()
                  .isNotEmpty()
                  .isSubsetOf(parameters(target));
            });
    for (var source : operations()) {
      for (var link : links(source.path("operationId").asText())) {
        for (var expression : link.path("parameters")) {
          assertLeadsSomewhere(source, expression.asText());
        }
        for (var expression : link.path("requestBody")) {
          assertLeadsSomewhere(source, expression.asText());
        }
      }
    }
  }

  @Test
  void everyPathAllowsTheMethodsThatItIsDescribedWith() {
    for (var path : document.path("paths").properties()) {
      var methods = new TreeSet<>(Set.of("OPTIONS"));
      path.getValue().fieldNames().forEachRemaining(name -> methods.add(name.toUpperCase(ROOT)));
      methods.remove("PARAMETERS");
      if (methods.contains("GET")) {
        methods.add("HEAD");
      }
      var plain = path.getKey().replaceAll("\\{\\w+}", "invalidate");

      assertThat(AllowedMethods.at(plain).split(", ")).containsExactlyInAnyOrderElementsOf(methods);
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

  private void assertLeadsSomewhere(JsonNode source, String expression) {
    var parts = expression.split("#|\\.", 3);
    switch (parts[0] + "." + parts[1]) {
      case "$request.path" -> assertThat(parameters(source)).contains(parts[2]);
      case "$request.body" ->
          assertThat(source.findValues("requestBody").getFirst().findValues("value"))
              .allSatisfy(example -> assertThat(example.at(parts[2]).isMissingNode()).isFalse());
      case "$response.body" -> {
        var success = source.path("responses").elements().next();
        assertThat(success.at("/content/application~1json/examples"))
            .isNotEmpty()
            .allSatisfy(
                example ->
                    assertThat(resolved(example).path("value").at(parts[2]).isMissingNode())
                        .as(expression)
                        .isFalse());
      }
      default -> fail(expression);
    }
  }

  /** Returns the names of an operation's parameters, including those of its path. */
  private Set<String> parameters(JsonNode operation) {
    var path =
        document
            .path("paths")
            .valueStream()
            .filter(each -> each.valueStream().anyMatch(operation::equals))
            .findFirst()
            .orElseThrow();
    return Stream.of(path, operation)
        .flatMap(owner -> owner.path("parameters").valueStream())
        .map(parameter -> resolved(parameter).path("name").asText())
        .collect(Collectors.toSet());
  }

  private List<JsonNode> links(String operation) {
    return operation(operation)
        .path("responses")
        .elements()
        .next()
        .path("links")
        .valueStream()
        .map(this::resolved)
        .toList();
  }

  private JsonNode operation(String id) {
    return operations().stream()
        .filter(operation -> operation.path("operationId").asText().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private List<JsonNode> operations() {
    return document
        .path("paths")
        .valueStream()
        .flatMap(JsonNode::valueStream)
        .filter(member -> member.has("operationId"))
        .toList();
  }

  private List<JsonNode> problemExamples() {
    return document
        .at("/components/examples")
        .valueStream()
        .map(example -> example.path("value"))
        .filter(value -> value.has("type"))
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
