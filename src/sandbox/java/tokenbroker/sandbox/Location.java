package tokenbroker.sandbox;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** An address that a browser is sent to, with parameters in its query. */
record Location(String address) {

  /**
   * @param value null for none
   */
  Location with(String name, @Nullable String value) {
    if (value == null) {
      return this;
    }
    var separator = address.contains("?") ? "&" : "?";
    return new Location(
        address + separator + name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return address;
  }
}
