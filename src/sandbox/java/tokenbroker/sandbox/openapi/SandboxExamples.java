package tokenbroker.sandbox.openapi;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import io.quarkus.smallrye.openapi.OpenApiFilter.RunStage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.examples.Example;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.parameters.RequestBody;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;
import org.jspecify.annotations.Nullable;

/**
 * Adapts openapi.yaml to the sandbox: requests go to wherever the document came from, the examples
 * of requests name what exists here, and a link brings a caller token.
 */
@OpenApiFilter(stages = RunStage.RUNTIME_STARTUP)
public class SandboxExamples implements OASFilter {

  private static final String CLIENT = "demo";

  private static final String CALLER_TOKEN =
      "[Get a caller token](/sandbox/caller-token?subject=demo) of the sandbox, and paste it here.";

  private final Map<Object, Object> replacements =
      Map.of(
          "acme-eu",
          CLIENT,
          "https://shop.example/connected",
          ConfigProvider.getConfig().getValue("sandbox.base-url", String.class) + "/demo");

  @Override
  public void filterOpenAPI(OpenAPI document) {
    document.setServers(
        List.of(
            OASFactory.createServer().url("/").description("The sandbox that shows this page")));
  }

  @Override
  public SecurityScheme filterSecurityScheme(SecurityScheme scheme) {
    return scheme.description(
        "basic".equals(scheme.getScheme())
            ? "Username: `" + CLIENT + "`. Password: " + CALLER_TOKEN
            : CALLER_TOKEN);
  }

  /** Swagger UI sends the example of a parameter, so an optional parameter must not have one. */
  @Override
  public Parameter filterParameter(Parameter parameter) {
    var isRequired = Boolean.TRUE.equals(parameter.getRequired());
    parameter.setExample(isRequired ? replaced(parameter.getExample()) : null);
    parameter.setExamples(isRequired ? parameter.getExamples() : null);
    return parameter;
  }

  @Override
  public RequestBody filterRequestBody(RequestBody body) {
    body.getContent().getMediaTypes().values().stream()
        .flatMap(type -> type.getExamples().values().stream())
        .forEach(this::replaceIn);
    return body;
  }

  private void replaceIn(Example example) {
    if (example.getValue() instanceof Map<?, ?> fields) {
      var replaced = new LinkedHashMap<Object, Object>(fields);
      replaced.replaceAll((_, value) -> replaced(value));
      example.setValue(replaced);
    }
  }

  private @Nullable Object replaced(@Nullable Object value) {
    return value == null ? null : replacements.getOrDefault(value, value);
  }
}
