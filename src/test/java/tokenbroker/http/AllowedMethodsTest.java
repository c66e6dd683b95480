package tokenbroker.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Proves that the {@code Allow} header lists exactly the methods that the resources serve. */
class AllowedMethodsTest {

  @Test
  void everyResourceIsToldWithItsMethods() {
    var served = new TreeMap<String, TreeSet<String>>();
    new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("tokenbroker.http")
            .stream()
            .filter(type -> type.isAnnotatedWith(Path.class))
            .flatMap(type -> type.getMethods().stream())
            .filter(method -> method.isMetaAnnotatedWith(HttpMethod.class))
            .forEach(
                method ->
                    served
                        .computeIfAbsent(path(method), path -> new TreeSet<>())
                        .add(httpMethod(method)));

    assertThat(served).isNotEmpty();
    assertThat(served)
        .allSatisfy(
            (path, methods) -> {
              methods.add("OPTIONS");
              if (methods.contains("GET")) {
                methods.add("HEAD");
              }
              assertThat(new TreeSet<>(Arrays.asList(AllowedMethods.at(path).split(", "))))
                  .as(path)
                  .isEqualTo(methods);
            });
  }

  @Test
  void aPathThatNobodyServesAllowsNothing() {
    for (var path : new String[] {"", "/", "/tokens", "/clients/a", "/q/metrics", "/tokens/a/b"}) {
      assertThat(AllowedMethods.at(path)).as(path).isEmpty();
    }
  }

  @Test
  void eachPortAllowsItsOwnPathsAlone() {
    assertThat(AllowedMethods.ofManagement("/q/metrics")).isEqualTo("GET, HEAD, OPTIONS");
    assertThat(AllowedMethods.ofManagement("/clients")).isEmpty();
    assertThat(AllowedMethods.ofManagement("/q/health/x")).isEmpty();
  }

  private static String path(JavaMethod method) {
    var own = method.tryGetAnnotationOfType(Path.class).map(Path::value).orElse("");
    var path = type(method).getAnnotationOfType(Path.class).value() + "/" + own;
    return path.replaceAll("\\{[^}]*}", "invalidate");
  }

  private static JavaClass type(JavaMethod method) {
    return method.getOwner();
  }

  private static String httpMethod(JavaMethod method) {
    return method.getAnnotations().stream()
        .map(annotation -> annotation.getRawType())
        .filter(annotation -> annotation.isAnnotatedWith(HttpMethod.class))
        .map(annotation -> annotation.getAnnotationOfType(HttpMethod.class).value())
        .findFirst()
        .orElseThrow();
  }
}
