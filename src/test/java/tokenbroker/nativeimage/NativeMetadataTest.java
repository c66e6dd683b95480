package tokenbroker.nativeimage;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JacksonAnnotation;
import com.fasterxml.jackson.databind.JsonNode;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.config.ConfigMapping;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Proves that the native-image metadata are correct. Otherwise a wrong name would be noticed only
 * when the native executable runs.
 */
class NativeMetadataTest {

  private static final JavaClasses BROKER =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("tokenbroker");

  @Test
  void everyTypeThatIsRegisteredExistsWithTheConstructorsNamed() throws Exception {
    assertThat(NativeMetadata.reflection()).isNotEmpty();
    for (var registered : NativeMetadata.reflection()) {
      var type = Class.forName(registered.path("type").textValue());
      assertThat(registered.path("methods").valueStream())
          .as(type.getName())
          .isNotEmpty()
          .allSatisfy(
              method -> {
                assertThat(method.path("name").textValue()).isEqualTo("<init>");
                assertThat(type.getDeclaredConstructor(parameters(method))).isNotNull();
              });
      for (var field : registered.path("fields")) {
        assertThat(type.getDeclaredField(field.path("name").textValue())).isNotNull();
      }
    }
  }

  private static Class<?>[] parameters(JsonNode method) throws ClassNotFoundException {
    var types = new ArrayList<Class<?>>();
    for (var type : method.path("parameterTypes")) {
      types.add(type.asText().equals("boolean") ? boolean.class : Class.forName(type.asText()));
    }
    return types.toArray(Class<?>[]::new);
  }

  @Test
  void whatStartsAtRunTimeExists() throws IOException {
    var names = NativeMetadata.argument("--initialize-at-run-time");
    assertThat(names).contains("tokenbroker.connections.RandomTexts");
    assertThat(names)
        .allSatisfy(
            name ->
                assertThat(
                        new ClassFileImporter()
                            .importPackages(name.replaceFirst("\\.[A-Z]\\w*$", "")))
                    .anyMatch(
                        type -> type.getName().equals(name) || type.getPackageName().equals(name)));
  }

  @Test
  void everySecurityServiceTypeThatIsAddedCanBeHadByItsName() throws Exception {
    for (var name : NativeMetadata.argument("-H:AdditionalSecurityServiceTypes")) {
      assertThat(Class.forName(name).getMethod("getInstance", String.class)).isNotNull();
    }
  }

  /** Otherwise its seed would be part of the executable and the same in every process. */
  @Test
  void noGeneratorOfRandomNumbersIsMadeAtBuildTime() throws IOException {
    var atRunTime = NativeMetadata.argument("--initialize-at-run-time");
    fields()
        .that()
        .areStatic()
        .and()
        .haveRawType(JavaClass.Predicates.assignableTo(Random.class))
        .should()
        .beDeclaredInClassesThat(named(atRunTime))
        .check(BROKER);
  }

  @Test
  void whatJacksonIsAnnotatedForIsRegisteredForReflection() {
    classes()
        .that(areWrittenByJackson())
        .should()
        .beAnnotatedWith(RegisterForReflection.class)
        .check(BROKER);
  }

  /**
   * The check for unknown keys reads the methods of a mapping by reflection. If the executable does
   * not contain a method, its key counts as unknown, and the broker refuses to start.
   */
  @Test
  void everyTypeThatAConfigMappingReachesIsRegisteredForReflection() {
    var mappings =
        BROKER.stream().filter(type -> type.isAnnotatedWith(ConfigMapping.class)).toList();
    assertThat(mappings).isNotEmpty();
    for (var mapping : mappings) {
      var reached = new LinkedHashSet<JavaClass>();
      reach(mapping, reached);
      assertThat(reached)
          .as(mapping.getSimpleName())
          .hasSizeGreaterThan(1)
          .allSatisfy(type -> assertThat(isRegistered(type)).as(type.getName()).isTrue());
    }
  }

  /** Jackson writes these records although they have none of its annotations. */
  @Test
  void everyRecordOfTheStatusIsRegisteredForReflection() {
    var reached = new LinkedHashSet<JavaClass>();
    reachRecords(BROKER.get("tokenbroker.status.Status"), reached);
    assertThat(reached)
        .hasSizeGreaterThan(12)
        .allSatisfy(type -> assertThat(isRegistered(type)).as(type.getName()).isTrue());
  }

  /** Adds the broker's own types of a record's components, recursively. */
  private static void reachRecords(JavaClass type, Set<JavaClass> reached) {
    if (type.getPackageName().startsWith("tokenbroker") && type.isRecord() && reached.add(type)) {
      type.getFields().stream()
          .flatMap(field -> field.getType().getAllInvolvedRawTypes().stream())
          .forEach(next -> reachRecords(next, reached));
    }
  }

  /** Adds the broker's own types that a type's methods return, recursively. */
  private static void reach(JavaClass type, Set<JavaClass> reached) {
    if (type.getPackageName().startsWith("tokenbroker") && reached.add(type)) {
      Stream.concat(type.getAllRawInterfaces().stream(), returned(type))
          .forEach(next -> reach(next, reached));
    }
  }

  private static Stream<JavaClass> returned(JavaClass type) {
    return type.isInterface()
        ? type.getMethods().stream()
            .flatMap(method -> method.getReturnType().getAllInvolvedRawTypes().stream())
        : Stream.of();
  }

  /**
   * Returns whether the type is registered, or nested in a type that registers its nested types.
   */
  private static boolean isRegistered(JavaClass type) {
    return type.isAnnotatedWith(RegisterForReflection.class)
        || type.getEnclosingClass().filter(NativeMetadataTest::registersNested).isPresent();
  }

  private static boolean registersNested(JavaClass type) {
    return type.tryGetAnnotationOfType(RegisterForReflection.class)
        .map(registration -> !registration.ignoreNested())
        .orElseGet(
            () -> type.getEnclosingClass().filter(NativeMetadataTest::registersNested).isPresent());
  }

  private static DescribedPredicate<JavaClass> named(List<String> names) {
    return DescribedPredicate.describe("start at run time", type -> names.contains(type.getName()));
  }

  private static DescribedPredicate<JavaClass> areWrittenByJackson() {
    return DescribedPredicate.describe(
        "have annotations of Jackson's",
        type ->
            type.isMetaAnnotatedWith(JacksonAnnotation.class)
                || type.getFields().stream().anyMatch(NativeMetadataTest::isWritten));
  }

  private static boolean isWritten(JavaField field) {
    return field.isMetaAnnotatedWith(JacksonAnnotation.class);
  }
}
