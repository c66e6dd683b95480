package tokenbroker.callers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.callers.CallerRule.Group;
import tokenbroker.callers.CallerRule.Subject;
import tokenbroker.callers.CallerRule.SubjectPrefix;

/** Proves that a rule covers exactly the rules whose callers it admits. */
class CallerRuleTest {

  private static final List<CallerRule> RULES =
      List.of(
          new Subject("cluster", "a:b:c"),
          new Subject("cluster", "a:b:"),
          new Subject("cluster", "a:b"),
          new Subject("corp", "a:b:c"),
          new SubjectPrefix("cluster", "a:"),
          new SubjectPrefix("cluster", "a:b:"),
          new SubjectPrefix("cluster", "a:bb:"),
          new SubjectPrefix("corp", "a:b:"),
          new Group("cluster", "a:b:c"),
          new Group("cluster", "a"),
          new Group("corp", "a"));

  /** Callers of every kind that the rules distinguish. */
  private static final List<Caller> CALLERS =
      Stream.of("cluster", "corp")
          .flatMap(
              issuer ->
                  Stream.of("a", "a:", "a:b", "a:b:", "a:b:c", "a:b:c:d", "a:bb:c", "a:x")
                      .flatMap(
                          subject ->
                              Stream.of(Set.<String>of(), Set.of("a"), Set.of("a:b:c"))
                                  .map(groups -> new Caller(issuer, subject, groups))))
          .toList();

  static Stream<CallerRule> rules() {
    return RULES.stream();
  }

  @ParameterizedTest
  @MethodSource("rules")
  void aRuleCoversAnotherIfAndOnlyIfItAdmitsAllOfItsCallers(CallerRule rule) {
    for (var other : RULES) {
      assertThat(rule.covers(other))
          .as("%s covers %s", rule, other)
          .isEqualTo(CALLERS.stream().filter(other::admits).allMatch(rule::admits));
    }
  }
}
