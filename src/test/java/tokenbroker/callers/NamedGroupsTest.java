package tokenbroker.callers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tokenbroker.callers.Verification.Verified;

/** Proves which of a caller's groups the broker keeps. */
class NamedGroupsTest {

  private static final PublicJsonWebKey KEY = Signed.ec("k1");

  @TempDir Path directory;

  private CallersUnderTest site = CallersUnderTest.withKeys("nowhere");

  @BeforeEach
  void start() throws IOException {
    var file = Files.writeString(directory.resolve("keys"), new JsonWebKeySet(KEY).toJson());
    site = CallersUnderTest.withKeys(file.toString()).read();
  }

  @Test
  void ofHundredsOfGroupsThoseAreKeptThatARuleOfThisIssuerNames() {
    site.namedGroups =
        Set.of(group("test", "team-7"), group("other", "team-8"), group("test", "x"));
    var jwt = withGroups(IntStream.range(0, 500).mapToObj(i -> "team-" + i).toList());
    assertThat(groups(site.verify(jwt))).containsExactly("team-7");
    assertThat(remembered(jwt)).containsExactly("team-7");
  }

  @Test
  void aCallerWithAGroupThatIsNamedLaterIsVerifiedAnew() {
    var jwt = withGroups(List.of("a", "b"));
    assertThat(groups(site.verify(jwt))).isEmpty();
    assertThat(remembered(jwt)).isEmpty();

    site.namedGroups = named("b");
    assertThat(site.callers.remembered(jwt)).isNull();
    assertThat(groups(site.verify(jwt))).containsExactly("b");
    assertThat(remembered(jwt)).containsExactly("b");
  }

  @Test
  void aCallerOfWhomAllIsKnownStaysRememberedWhateverIsNamed() {
    site.namedGroups = named("a");
    var none = withGroups(List.of());
    var all = withGroups(List.of("a"));
    site.verify(none);
    site.verify(all);

    site.namedGroups = named("a", "b");
    assertThat(remembered(none)).isEmpty();
    assertThat(remembered(all)).containsExactly("a");
  }

  private Set<String> remembered(String jwt) {
    var caller = site.callers.remembered(jwt);
    assertThat(caller).isNotNull();
    return caller == null ? Set.of() : caller.groups();
  }

  private static Set<String> groups(Verification verification) {
    return ((Verified) verification).caller().groups();
  }

  private static Set<CallerRule.Group> named(String... groups) {
    return Arrays.stream(groups)
        .map(group -> group("test", group))
        .collect(Collectors.toUnmodifiableSet());
  }

  private static CallerRule.Group group(String issuer, String group) {
    return new CallerRule.Group(issuer, group);
  }

  private static String withGroups(List<String> groups) {
    var claims = Signed.claims();
    claims.put("groups", groups);
    return Signed.by(KEY, "k1", JsonUtil.toJson(claims));
  }
}
