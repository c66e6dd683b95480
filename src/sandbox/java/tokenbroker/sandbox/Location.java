package tokenbroker.sandbox;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** An address for a browser, with parameters in its query. */
record Location(String address) {

  /**
   * Returns the address with one more parameter.
   *
   * @param value null to add none
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
