package tokenbroker.nativeimage;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JacksonAnnotation;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A name that is wrong here would be noticed by nobody before the native executable runs. */
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
                assertThat(method.path("parameterTypes")).isEmpty();
                assertThat(type.getDeclaredConstructor()).isNotNull();
              });
    }
  }

  @Test
  void whatStartsAtRunTimeExists() throws IOException {
    var names = NativeMetadata.argument("--initialize-at-run-time");
    assertThat(names).contains("com.google.crypto.tink");
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

  /** Else it would be in the executable, and the same in every process. */
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
