package tokenbroker.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tokenbroker.callers.Caller;
import tokenbroker.callers.CallerRule;
import tokenbroker.callers.CallerRule.Group;
import tokenbroker.callers.CallerRule.Subject;
import tokenbroker.callers.CallerRule.SubjectPrefix;

/** Proves that the difference between a rule and a caller names what differs. */
class DifferenceTest {

  private static final String SHOP_ORDERS = "system:serviceaccount:shop:orders";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          system:serviceaccount:shop:order  | the name is "orders", but the rule has "order"
          system:serviceaccount:shap:orders | the namespace is "shop", but the rule has "shap"
          system:serviceaccount:web:cart    | the namespace is "shop", but the rule has "web", and the name is "orders", but the rule has "cart"
          system:serviceaccount:Shop:orders | the subject differs in upper and lower case
          orders                            | the subject is "system:serviceaccount:shop:orders", but the rule has "orders"
          """)
  void anotherSubjectIsComparedPartByPart(String required, String text) {
    assertThat(of(new Subject("cluster", required), orders()).text()).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          system:serviceaccount:web:         | the namespace is "shop", but the rule has "web"
          system:serviceaccount:SHOP:        | the subject differs in upper and lower case
          system:serviceaccount:shop:orders: | the subject has nothing in the place of the *
          team:                              | the subject does not begin with "team:"
          """)
  void aPrefixIsComparedWithTheBeginningOfTheSubject(String prefix, String text) {
    assertThat(of(new SubjectPrefix("cluster", prefix), orders()).text()).isEqualTo(text);
  }

  @Test
  void aMissingGroupIsNamedBesideTheGroupsOfTheCaller() {
    assertThat(of(new Group("cluster", "logistics"), orders()).text())
        .isEqualTo("the caller has no groups, but the rule requires group \"logistics\"");
    assertThat(of(new Group("cluster", "logistics"), orders("b", "a")).text())
        .isEqualTo("the caller has groups \"a\", \"b\", but the rule requires group \"logistics\"");
    assertThat(of(new Group("cluster", "logistics"), orders("Logistics")).text())
        .isEqualTo("the group differs in upper and lower case");
  }

  @Test
  void anotherIssuerIsTheOnlyDifferenceIfTheRestMatches() {
    assertThat(of(new Subject("corp", SHOP_ORDERS), orders()).text())
        .isEqualTo("the caller's issuer is cluster, but the rule is for issuer corp");
    assertThat(of(new Group("corp", "logistics"), orders()).text())
        .isEqualTo(
            "the caller's issuer is cluster, but the rule is for issuer corp; "
                + "the caller has no groups, but the rule requires group \"logistics\"");
  }

  @Test
  void aTypingErrorIsNearerThanAnUnrelatedSubject() {
    var caller = new Caller("corp", "orders@shop.example", Set.of());

    assertThat(of(new Subject("corp", "order@shop.example"), caller).distance())
        .isLessThan(of(new Subject("corp", "carts@web.example"), caller).distance());
  }

  private static Difference of(CallerRule rule, Caller caller) {
    assertThat(rule.admits(caller)).isFalse();
    return Difference.of(rule, caller);
  }

  private static Caller orders(String... groups) {
    return new Caller("cluster", SHOP_ORDERS, Set.of(groups));
  }
}
