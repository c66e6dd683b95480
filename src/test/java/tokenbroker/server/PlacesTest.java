package tokenbroker.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class PlacesTest {

  private static final InetAddress ONE = InetAddress.ofLiteral("10.0.0.1");
  private static final InetAddress OTHER = InetAddress.ofLiteral("10.0.0.2");
  private static final InetAddress THIRD = InetAddress.ofLiteral("10.0.0.3");

  @Test
  void oneAddressHoldsItsShareAndNoMore() {
    var places = new Places(4, 0.5);
    assertThat(places.take(ONE)).isTrue();
    assertThat(places.take(ONE)).isTrue();
    assertThat(places.take(ONE)).isFalse();
    assertThat(places.take(OTHER)).isTrue();
    assertThat(places.taken()).isEqualTo(3);
    assertThat(places.refusedByShare()).isEqualTo(1);
  }

  @Test
  void allAddressesTogetherHoldAllPlacesAndNoMore() {
    var places = new Places(3, 0.5);
    assertThat(places.take(ONE)).isTrue();
    assertThat(places.take(OTHER)).isTrue();
    assertThat(places.take(THIRD)).isTrue();
    assertThat(places.take(InetAddress.ofLiteral("10.0.0.4"))).isFalse();
    assertThat(places.refusedAsFull()).isEqualTo(1);
  }

  @Test
  void aPlaceThatIsGivenBackIsFreeForAnybody() {
    var places = new Places(2, 0.5);
    places.take(ONE);
    places.take(OTHER);
    places.giveBack(ONE);
    assertThat(places.take(THIRD)).isTrue();
    assertThat(places.take(ONE)).isFalse();
    assertThat(places.taken()).isEqualTo(2);
  }

  @Test
  void anIpv6NetworkOf64BitsIsOneAddress() {
    var places = new Places(4, 0.5);
    assertThat(places.take(InetAddress.ofLiteral("2001:db8::1"))).isTrue();
    assertThat(places.take(InetAddress.ofLiteral("2001:db8::2"))).isTrue();
    assertThat(places.take(InetAddress.ofLiteral("2001:db8::3"))).isFalse();
    assertThat(places.take(InetAddress.ofLiteral("2001:db8:0:1::1"))).isTrue();
  }

  @Test
  void theirNumberFollowsTheHeap() {
    assertThat(Ports.fitting(128L << 20)).isEqualTo(1024);
    assertThat(Ports.fitting(1L << 30)).isEqualTo(8192);
    assertThat(Ports.fitting(1L << 20)).isEqualTo(64);
    assertThat(Ports.fitting(1L << 40)).isEqualTo(20_000);
  }
}
