package tokenbroker.sandbox.trackmage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tokenbroker.testing.SettableClock;

class RefreshTokensTest {

  private static final String ALICE = "alice@sandbox.invalid";
  private static final String BOB = "bob@sandbox.invalid";
  private static final Duration LIFE = Duration.ofDays(14);
  private static final Duration NO_GRACE = Duration.ZERO;
  private static final Duration GRACE = Duration.ofSeconds(30);
  private static final Redemption INVALID =
      Redemption.refused("invalid_grant", "Invalid refresh token");
  private static final Redemption EXPIRED =
      Redemption.refused("invalid_grant", "Refresh token has expired");

  private final SettableClock clock = new SettableClock();
  private final RefreshTokens tokens = new RefreshTokens(clock);

  @Test
  void aTokenIsGoodOnce() {
    var token = tokens.issue("demo", ALICE, LIFE);
    assertThat(redeem(token, NO_GRACE)).isEqualTo(new Redemption.Accepted(ALICE));
    assertThat(redeem(token, NO_GRACE)).isEqualTo(INVALID);
  }

  @Test
  void aTokenDiesUnused() {
    var token = tokens.issue("demo", ALICE, LIFE);
    clock.advance(LIFE);
    assertThat(redeem(token, NO_GRACE)).isEqualTo(EXPIRED);
  }

  @Test
  void aTokenIsGoodForItsClientOnly() {
    var token = tokens.issue("demo", ALICE, LIFE);
    assertThat(tokens.redeem("other", Map.of("refresh_token", token), NO_GRACE)).isEqualTo(INVALID);
    assertThat(redeem(token, NO_GRACE)).isEqualTo(new Redemption.Accepted(ALICE));
  }

  @Test
  void withGraceAUsedTokenIsGoodOnceMore() {
    var token = tokens.issue("demo", ALICE, LIFE);
    assertThat(redeem(token, GRACE)).isEqualTo(new Redemption.Accepted(ALICE));
    assertThat(redeem(token, GRACE)).isEqualTo(new Redemption.Accepted(ALICE));
    assertThat(redeem(token, GRACE)).isEqualTo(INVALID);
  }

  @Test
  void graceEnds() {
    var token = tokens.issue("demo", ALICE, LIFE);
    assertThat(redeem(token, GRACE)).isEqualTo(new Redemption.Accepted(ALICE));
    clock.advance(GRACE);
    assertThat(redeem(token, GRACE)).isEqualTo(INVALID);
  }

  @Test
  void graceIsForUsedTokensAlone() {
    var token = tokens.issue("demo", ALICE, LIFE);
    clock.advance(LIFE);
    assertThat(redeem(token, GRACE)).isEqualTo(EXPIRED);
    assertThat(redeem(token, GRACE)).isEqualTo(EXPIRED);
  }

  @Test
  void revocationReachesWhoItIsFor() {
    var alice = tokens.issue("demo", ALICE, LIFE);
    var bob = tokens.issue("demo", BOB, LIFE);
    var elsewhere = tokens.issue("other", ALICE, LIFE);
    tokens.revoke(new TokenSelector("demo", ALICE));
    assertThat(redeem(alice, NO_GRACE)).isEqualTo(INVALID);
    assertThat(redeem(bob, NO_GRACE)).isEqualTo(new Redemption.Accepted(BOB));
    assertThat(tokens.redeem("other", Map.of("refresh_token", elsewhere), NO_GRACE))
        .isEqualTo(new Redemption.Accepted(ALICE));
  }

  @Test
  void revocationEndsGrace() {
    var token = tokens.issue("demo", ALICE, LIFE);
    redeem(token, GRACE);
    tokens.revoke(new TokenSelector(null, ALICE));
    assertThat(redeem(token, GRACE)).isEqualTo(INVALID);
  }

  @Test
  void aMissingTokenIsAnInvalidRequest() {
    assertThat(tokens.redeem("demo", Map.of(), NO_GRACE))
        .isEqualTo(Redemption.refused("invalid_request", "No \"refresh_token\" parameter found"));
  }

  private Redemption redeem(String token, Duration grace) {
    return tokens.redeem("demo", Map.of("refresh_token", token), grace);
  }
}
