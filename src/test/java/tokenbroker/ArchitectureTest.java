package tokenbroker;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves that each package imports only the packages that it may import. */
class ArchitectureTest {

  private static final Pattern SANDBOX_CLASS =
      Pattern.compile(".*/(tokenbroker/sandbox/[\\w/-]+)[^/]*\\.class");

  private static final JavaClasses ROOMS =
      new ClassFileImporter()
          .withImportOption(ArchitectureTest::isProductionOrSandbox)
          .importPackages("tokenbroker");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          time          |
          config        |
          seal          |
          pages         | seal
          server        | config
          files         |
          outbound      | files config time
          output        | time
          callers       | outbound files config seal time
          clients       | callers config
          clients.file  | callers clients config seal time
          clients.secrets | clients clients.file seal time
          clients.reload | clients clients.file clients.secrets config seal time
          jobs          | time
          usage         | callers clients time
          tokens        | clients config seal time
          oauth         | outbound tokens clients config seal time
          trackmage     | connections oauth outbound tokens clients config seal time
          redis         | connections tokens clients clients.secrets callers config seal time
          memory        | connections tokens clients callers config time
          observability | output tokens clients callers config time
          check         | callers clients clients.file clients.secrets config seal
          connections   | observability tokens clients callers config seal time
          http          | server pages connections observability tokens usage clients callers config seal time
          status        | http pages jobs redis connections observability oauth tokens usage clients callers config time
          sandbox.crypto    |
          sandbox.web       | pages seal
          sandbox.openapi   |
          sandbox.issuer    | sandbox.crypto sandbox.web
          sandbox.trackmage | sandbox.crypto sandbox.web pages seal
          sandbox.faults    | sandbox.trackmage sandbox.web
          sandbox.home      | sandbox.web pages
          sandbox.demo      | sandbox.issuer sandbox.crypto sandbox.web pages time
          sandbox           | sandbox.crypto sandbox.demo sandbox.faults sandbox.issuer sandbox.trackmage http connections trackmage tokens clients callers config
          startup       | check http jobs server connections observability output redis memory trackmage outbound tokens clients clients.file clients.reload callers config seal time
          """)
  void aRoomKnowsOnlyTheRoomsItMay(String room, String others) {
    var allowed = Set.of(others == null ? new String[0] : others.split(" "));
    ArchRuleDefinition.noClasses()
        .that()
        .resideInAPackage("tokenbroker." + room)
        .should()
        .dependOnClassesThat(
            new DescribedPredicate<JavaClass>("are in a room that " + room + " may not know") {
              @Override
              public boolean test(JavaClass other) {
                var name = other.getPackageName();
                return name.startsWith("tokenbroker.")
                    && !name.equals("tokenbroker." + room)
                    && !allowed.contains(name.substring("tokenbroker.".length()));
              }
            })
        .check(ROOMS);
  }

  @Test
  void theCoreKnowsNoFrameworkAndNoWire() {
    ArchRuleDefinition.noClasses()
        .that()
        .resideInAPackage("tokenbroker.tokens")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.quarkus..", "io.vertx..", "jakarta.ws.rs..", "io.smallrye..", "java.net.http..")
        .check(ROOMS);
  }

  @Test
  void noRoomKnowsTheSandbox() {
    ArchRuleDefinition.noClasses()
        .that()
        .resideOutsideOfPackage("tokenbroker.sandbox..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("tokenbroker.sandbox..")
        .check(ROOMS);
  }

  @Test
  void roomsKnowEachOtherOneWay() {
    slices().matching("tokenbroker.(**)").should().beFreeOfCycles().check(ROOMS);
  }

  /** Returns false for tests. The sandbox is compiled into the same directory as the tests. */
  private static boolean isProductionOrSandbox(Location location) {
    return ImportOption.Predefined.DO_NOT_INCLUDE_TESTS.includes(location)
        || SANDBOX_CLASS
            .matcher(location.asURI().getPath())
            .results()
            .map(found -> Path.of("src/sandbox/java", found.group(1) + ".java"))
            .anyMatch(Files::exists);
  }
}
