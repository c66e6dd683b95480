package tokenbroker.sandbox.web;

import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.UriInfo;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Rejects query parameters that an endpoint of the sandbox does not declare, and those that are
 * given twice. Such a parameter is a mistake that would otherwise have no effect. The endpoints of
 * the TrackMage look-alike ignore unknown parameters, as TrackMage does.
 */
class ParameterCheck {

  private static final String SANDBOX = "/sandbox/";
  private static final String TRACKMAGE = "/sandbox/trackmage/";

  @ServerRequestFilter
  void check(ResourceInfo resource, UriInfo uri) {
    var path = uri.getPath();
    if (!path.startsWith(SANDBOX) || path.startsWith(TRACKMAGE)) {
      return;
    }
    var repeatable = declared(resource);
    uri.getQueryParameters()
        .forEach(
            (name, values) -> {
              if (!repeatable.containsKey(name)) {
                throw new InvalidRequestException(unknown(name, repeatable.keySet()));
              }
              if (values.size() > 1 && !repeatable.get(name)) {
                throw new InvalidRequestException(
                    "the parameter %s is given %d times; it may be given once"
                        .formatted(name, values.size()));
              }
            });
  }

  private static String unknown(String name, Collection<String> declared) {
    return "%s is not a parameter of this endpoint; %s"
        .formatted(
            name,
            declared.isEmpty()
                ? "it has none"
                : "the parameters are " + String.join(", ", declared));
  }

  /** Returns the names of the declared parameters, and whether each of them may be repeated. */
  private static Map<String, Boolean> declared(ResourceInfo resource) {
    var repeatable = new TreeMap<String, Boolean>();
    for (var parameter : resource.getResourceMethod().getParameters()) {
      add(parameter, parameter.getType(), repeatable);
      fields(parameter).forEach(field -> add(field, field.getType(), repeatable));
    }
    return repeatable;
  }

  private static Stream<Field> fields(Parameter parameter) {
    return parameter.isAnnotationPresent(BeanParam.class)
        ? Arrays.stream(parameter.getType().getDeclaredFields())
        : Stream.empty();
  }

  private static void add(
      AnnotatedElement element, Class<?> type, Map<String, Boolean> repeatable) {
    var parameter = element.getAnnotation(QueryParam.class);
    if (parameter != null) {
      repeatable.put(parameter.value(), Collection.class.isAssignableFrom(type));
    }
  }
}
