package tokenbroker.nativeimage;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Proves that the broker does nothing that native-image cannot see, except in the places that are
 * listed here and that are known to work. A new place fails. Register what it needs, then list it.
 */
class NativeReachabilityTest {

  private static final Path RESOURCES = Path.of("src/main/resources");

  private static final JavaClasses BROKER =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(location -> !location.contains("/sandbox/"))
          .importPackages("tokenbroker");

  /** Calls that native-image cannot follow, as "owner.method". */
  private static final Map<String, Pattern> KINDS =
      Map.of(
          "reflection",
          Pattern.compile(
              "java\\.lang\\.Class\\.(forName|newInstance|get(Declared)?"
                  + "(Methods?|Fields?|Constructors?)|getRecordComponents|getEnumConstants"
                  + "|getPermittedSubclasses)|java\\.lang\\.ClassLoader\\.loadClass"
                  + "|java\\.lang\\.reflect\\.\\w+\\.(invoke|newInstance|get|set)"),
          "method handle",
          Pattern.compile(
              "java\\.lang\\.invoke\\.MethodHandles\\$Lookup\\.(find|unreflect|defineClass).*"),
          "proxy",
          Pattern.compile("java\\.lang\\.reflect\\.Proxy\\..*"),
          "service loader",
          Pattern.compile("java\\.util\\.ServiceLoader\\..*"),
          "resource",
          Pattern.compile(
              "java\\.lang\\.Class(Loader)?\\.getResource.*|java\\.util\\.ResourceBundle\\..*"),
          "native code",
          Pattern.compile(
              "java\\.lang\\.foreign\\..*|java\\.lang\\.System\\.load.*|sun\\.misc\\.Unsafe\\..*"),
          "serialization",
          Pattern.compile("java\\.io\\.Object(In|Out)putStream\\..*"),
          "type that Jackson reads",
          Pattern.compile(
              "com\\.fasterxml\\.jackson\\.databind\\.(ObjectMapper|ObjectReader)"
                  + "\\.(readValues?|treeToValue|convertValue|updateValue)"));

  /** The places that are known: what they need is registered, and another test checks that. */
  private static final Map<String, Set<String>> KNOWN =
      Map.of(
          // The methods of BrokerConfig and the constants of its enums: NativeMetadataTest.
          "reflection", Set.of("tokenbroker.config.Settings", "tokenbroker.config.ValueType"),
          // Files of pages: everyResourceOfOursIsRegistered.
          "resource", Set.of("tokenbroker.pages.Page"));

  /**
   * What a class must not read in a static initializer. Quarkus initializes the broker's classes at
   * build time, so the value would be that of the machine that builds, in every process.
   */
  private static final Pattern OF_THE_MACHINE =
      Pattern.compile(
          "java\\.lang\\.System\\.(getenv|getProperty|getProperties|nanoTime|currentTimeMillis"
              + "|console)"
              + "|java\\.lang\\.(Runtime|ProcessHandle)\\.(availableProcessors|maxMemory|current)"
              + "|java\\.lang\\.Thread(\\$Builder.*)?\\.(start|startVirtualThread|unstarted)"
              + "|java\\.util\\.concurrent\\.Executors\\..*"
              + "|java\\.time\\.(Instant|LocalDate|LocalDateTime|OffsetDateTime|ZonedDateTime)\\.now"
              + "|java\\.time\\.ZoneId\\.systemDefault"
              + "|java\\.util\\.(UUID\\.randomUUID|Locale\\.getDefault|TimeZone\\.getDefault)"
              + "|java\\.util\\.concurrent\\.ThreadLocalRandom\\.current"
              + "|java\\.nio\\.file\\.Files\\..*|java\\.net\\.InetAddress\\.get(ByName|AllByName|LocalHost)"
              + "|org\\.eclipse\\.microprofile\\.config\\.ConfigProvider\\..*");

  /** The kinds of security services for which native-image 25 looks by itself. */
  private static final Set<String> SECURITY_SERVICES =
      Set.of(
          "java.security.AlgorithmParameters",
          "java.security.KeyFactory",
          "java.security.KeyPairGenerator",
          "java.security.KeyStore",
          "java.security.MessageDigest",
          "java.security.SecureRandom",
          "java.security.Signature",
          "java.security.cert.CertPathValidator",
          "java.security.cert.CertificateFactory",
          "javax.crypto.Cipher",
          "javax.crypto.KeyGenerator",
          "javax.crypto.Mac",
          "javax.crypto.SecretKeyFactory",
          "javax.net.ssl.KeyManagerFactory",
          "javax.net.ssl.SSLContext",
          "javax.net.ssl.TrustManagerFactory");

  @Test
  void whatNativeImageCannotFollowHappensInKnownPlacesOnly() {
    assertThat(BROKER).hasSizeGreaterThan(200);
    var found = new TreeMap<String, Set<String>>();
    KINDS.forEach(
        (kind, calls) -> {
          var places = placesThatCall(calls);
          if (!places.isEmpty()) {
            found.put(kind, places);
          }
        });
    assertThat(found).isEqualTo(KNOWN);
  }

  private static Set<String> placesThatCall(Pattern calls) {
    return BROKER.stream()
        .flatMap(type -> type.getAccessesFromSelf().stream())
        .filter(access -> calls.matcher(name(access)).matches())
        .map(access -> outermost(access.getOriginOwner()).getName())
        .collect(toCollection(TreeSet::new));
  }

  @Test
  void everyResourceOfOursIsRegistered() throws IOException {
    try (var files = Files.walk(RESOURCES.resolve("tokenbroker"))) {
      var ours = files.filter(Files::isRegularFile).map(RESOURCES::relativize).map(Path::toString);
      assertThat(NativeMetadata.resources())
          .isNotEmpty()
          .containsExactlyInAnyOrderElementsOf(ours.toList());
    }
  }

  /** native-image registers them from these files. A wrong name only fails when they are needed. */
  @Test
  void everyServiceOfOursExistsAndHasAConstructorWithoutParameters() throws Exception {
    try (var files = Files.list(RESOURCES.resolve("META-INF/services"))) {
      for (var file : files.toList()) {
        var service = Class.forName(file.getFileName().toString());
        for (var provider : Files.readAllLines(file)) {
          assertThat(service.isAssignableFrom(Class.forName(provider))).as(provider).isTrue();
          assertThat(Class.forName(provider).getDeclaredConstructor()).isNotNull();
        }
      }
    }
  }

  @Test
  void everyKindOfSecurityServiceIsOneThatNativeImageLooksForOrIsAdded() throws IOException {
    var used =
        BROKER.stream()
            .flatMap(type -> type.getMethodCallsFromSelf().stream())
            .filter(call -> call.getName().matches("getInstance(Strong)?"))
            .map(call -> call.getTargetOwner().getName())
            .filter(owner -> owner.startsWith("java.security.") || owner.startsWith("javax."))
            .collect(toCollection(TreeSet::new));
    assertThat(used).contains("javax.crypto.KDF", "java.security.MessageDigest");
    used.removeAll(NativeMetadata.argument("-H:AdditionalSecurityServiceTypes"));
    assertThat(SECURITY_SERVICES).containsAll(used);
  }

  @Test
  void noStaticInitializerReadsWhatBelongsToTheMachineThatBuilds() throws IOException {
    var atRunTime = NativeMetadata.argument("--initialize-at-run-time");
    var faults =
        BROKER.stream()
            .filter(type -> !atRunTime.contains(type.getName()))
            .flatMap(type -> type.getStaticInitializer().stream())
            .flatMap(
                initializer ->
                    reachedFrom(initializer)
                        .map(NativeReachabilityTest::name)
                        .filter(call -> OF_THE_MACHINE.matcher(call).matches())
                        .map(call -> Map.entry(initializer.getOwner().getName(), call)))
            .collect(
                groupingBy(
                    Map.Entry::getKey,
                    TreeMap::new,
                    mapping(Map.Entry::getValue, toCollection(TreeSet::new))));
    assertThat(faults).isEmpty();
  }

  /** Returns all accesses of a code unit, and of the broker's code that it calls, recursively. */
  private static Stream<JavaAccess<?>> reachedFrom(JavaCodeUnit start) {
    var seen = new HashSet<JavaCodeUnit>(List.of(start));
    var open = new ArrayDeque<JavaCodeUnit>(seen);
    var accesses = Stream.<JavaAccess<?>>builder();
    while (!open.isEmpty()) {
      for (var access : open.remove().getAccessesFromSelf()) {
        accesses.add(access);
        if (access.getTarget().resolveMember().orElse(null) instanceof JavaCodeUnit called
            && called.getOwner().getPackageName().startsWith("tokenbroker")
            && seen.add(called)) {
          open.add(called);
        }
      }
    }
    return accesses.build();
  }

  private static JavaClass outermost(JavaClass type) {
    return type.getEnclosingClass().map(NativeReachabilityTest::outermost).orElse(type);
  }

  private static String name(JavaAccess<?> access) {
    return access.getTargetOwner().getName() + "." + access.getName();
  }
}
