package tokenbroker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.config.BrokerConfig.Unreviewed;

/**
 * Proves that every key of a map can be set in each of the three places, wherever its other keys
 * are set.
 */
class ThreePlacesTest {

  /** All keys of an issuer. {@link #everyKeyOfEveryMapIsTried} fails if a key is missing here. */
  private static final Map<String, String> KEYS =
      Map.ofEntries(
          Map.entry("issuer", "https://issuer.example"),
          Map.entry("keys", "https://issuer.example/keys"),
          Map.entry("keys-token-file", "/a/token"),
          Map.entry("keys-ca-file", "/a/ca.pem"),
          Map.entry("audience", "broker.example"),
          Map.entry("algorithms", "PS256,EdDSA"),
          Map.entry("token-review", "true"),
          Map.entry("token-review-api-server", "https://api.example"),
          Map.entry("token-review-token-file", "/b/token"),
          Map.entry("token-review-ca-file", "/b/ca.pem"),
          Map.entry("token-review-unavailable", "refuse"));

  enum Place {
    SYSTEM,
    VARIABLE,
    FILE
  }

  record Mix(String key, Place itsPlace, Place placeOfAllOthers, String name, boolean isQuoted) {

    String spelt(String ofIssuer, Place place) {
      return place == Place.VARIABLE
          ? ("BROKER_ISSUERS__" + name + "__" + ofIssuer)
              .replaceAll("[^A-Za-z0-9_]", "_")
              .toUpperCase(Locale.ROOT)
          : "broker.issuers." + (isQuoted ? "\"" + name + "\"" : name) + "." + ofIssuer;
    }
  }

  static List<Mix> mixes() {
    var mixes = new ArrayList<Mix>();
    for (var key : KEYS.keySet()) {
      for (var its : Place.values()) {
        for (var others : Place.values()) {
          for (var name : List.of("corp", "West2")) {
            for (var isQuoted : List.of(false, true)) {
              mixes.add(new Mix(key, its, others, name, isQuoted));
            }
          }
          if (its != Place.VARIABLE || others != Place.VARIABLE) {
            mixes.add(new Mix(key, its, others, "west-2", false));
            mixes.add(new Mix(key, its, others, "west_2", false));
            mixes.add(new Mix(key, its, others, "west.2", true));
          }
        }
      }
    }
    return mixes;
  }

  @Test
  void everyKeyOfEveryMapIsTried() {
    assertThat(Settings.all().stream().map(Setting::name).filter(it -> it.contains("<")))
        .containsExactlyInAnyOrderElementsOf(
            KEYS.keySet().stream().map(it -> "broker.issuers.<name>." + it).toList());
  }

  @ParameterizedTest
  @MethodSource("mixes")
  void oneKeyHereAndAllOthersThereAreOneIssuer(Mix mix) {
    var places = new EnumMap<Place, Map<String, String>>(Place.class);
    for (var place : Place.values()) {
      places.put(place, new HashMap<>());
    }
    KEYS.forEach(
        (key, value) -> {
          var place = key.equals(mix.key()) ? mix.itsPlace() : mix.placeOfAllOthers();
          places.computeIfPresent(
              place,
              (_, settings) -> {
                settings.put(mix.spelt(key, place), value);
                return settings;
              });
        });
    var config =
        GatedConfig.with(
            places.getOrDefault(Place.SYSTEM, Map.of()),
            places.getOrDefault(Place.VARIABLE, Map.of()),
            places.getOrDefault(Place.FILE, Map.of()));

    assertThat(config.faults()).isEmpty();
    assertThat(config.bound().issuers()).hasSize(1);
    var only = mix.itsPlace() == Place.VARIABLE && mix.placeOfAllOthers() == Place.VARIABLE;
    assertThat(config.bound().issuers())
        .containsOnlyKeys(only ? mix.name().toLowerCase(Locale.ROOT) : mix.name());
    var issuer = config.bound().issuers().values().iterator().next();
    assertThat(issuer.issuer()).hasValue("https://issuer.example");
    assertThat(issuer.keys()).hasValue("https://issuer.example/keys");
    assertThat(issuer.keysTokenFile()).hasValue(Path.of("/a/token"));
    assertThat(issuer.keysCaFile()).hasValue(Path.of("/a/ca.pem"));
    assertThat(issuer.audience()).isEqualTo("broker.example");
    assertThat(issuer.algorithms()).containsExactly("PS256", "EdDSA");
    assertThat(issuer.tokenReview()).isTrue();
    assertThat(issuer.tokenReviewApiServer()).hasValue("https://api.example");
    assertThat(issuer.tokenReviewTokenFile()).hasValue(Path.of("/b/token"));
    assertThat(issuer.tokenReviewCaFile()).hasValue(Path.of("/b/ca.pem"));
    assertThat(issuer.tokenReviewUnavailable()).isEqualTo(Unreviewed.REFUSE);
  }

  @ParameterizedTest
  @CsvSource({"corp, corp", "\"corp\", corp", "corp, \"corp\"", "\"corp\", \"corp\""})
  void theFirstPlaceWinsHoweverTheNameIsSpelt(String system, String file) {
    var bySystem = Map.of("broker.issuers." + system + ".audience", "system");
    var byVariable = Map.of("BROKER_ISSUERS__CORP__AUDIENCE", "variable");
    var byFile = Map.of("broker.issuers." + file + ".audience", "file");

    assertThat(audience(GatedConfig.with(bySystem, byVariable, byFile))).isEqualTo("system");
    assertThat(audience(GatedConfig.with(Map.of(), byVariable, byFile))).isEqualTo("variable");
    assertThat(audience(GatedConfig.with(Map.of(), Map.of(), byFile))).isEqualTo("file");
  }

  @Test
  void namesThatDifferStayDifferent() {
    var issuers =
        GatedConfig.with(
                Map.of(
                    "broker.issuers.a-b.audience", "1",
                    "broker.issuers.\"a.b\".audience", "2",
                    "broker.issuers.ab.audience", "3"),
                Map.of("BROKER_ISSUERS__CD__AUDIENCE", "4"),
                Map.of())
            .bound()
            .issuers();
    assertThat(issuers.keySet()).containsExactlyInAnyOrder("a-b", "a.b", "ab", "cd");
  }

  @Test
  void aFaultOfAVariableNamesTheVariableThatWasSet() {
    var config =
        GatedConfig.with(
            Map.of("broker.issuers.corp.issuer", "https://issuer.example"),
            Map.of(
                "BROKER_ISSUERS__CORP__KEYS_CA_FILE", "file:/etc/ca.pem",
                "BROKER_ISSUERS__CORP__AUDIENC", "a"),
            Map.of());
    assertThat(config.faults())
        .hasSize(2)
        .anySatisfy(
            fault ->
                assertThat(fault)
                    .startsWith("BROKER_ISSUERS__CORP__AUDIENC is not a setting")
                    .endsWith("Did you mean BROKER_ISSUERS__CORP__AUDIENCE?"))
        .anySatisfy(
            fault ->
                assertThat(fault)
                    .startsWith("broker.issuers.corp.keys-ca-file is")
                    .contains("environment variable BROKER_ISSUERS__CORP__KEYS_CA_FILE"));
  }

  private static String audience(GatedConfig config) {
    assertThat(config.bound().issuers()).containsOnlyKeys("corp");
    return config.bound().issuers().values().iterator().next().audience();
  }
}
