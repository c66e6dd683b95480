package tokenbroker.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FreePortsTest {

  @Test
  void noPortIsGivenTwiceAndNoneIsEphemeral() {
    assertThat(Stream.generate(FreePorts::free).limit(250))
        .doesNotHaveDuplicates()
        .allSatisfy(port -> assertThat(port).isBetween(10_000, 19_999));
  }

  @Test
  void anotherJvmCannotClaimTheSameBlock() {
    var port = FreePorts.free();
    var first = port - port % 100;

    assertThatThrownBy(() -> new ServerSocket(first, 1, InetAddress.getLoopbackAddress()).close())
        .isInstanceOf(BindException.class);
  }
}
