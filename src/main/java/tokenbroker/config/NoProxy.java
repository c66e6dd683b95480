package tokenbroker.config;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The hosts that the broker reaches without the egress proxy: names, {@code .suffixes}, IP
 * addresses and networks, separated by commas. Names are not resolved, so addresses and networks
 * match only URLs that contain an address.
 */
@RegisterForReflection
public record NoProxy(List<String> entries) {

  private static final Pattern NAME =
      Pattern.compile("\\.?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*");

  /**
   * A text that can only be meant as an address, so that a typing error is not taken for a name.
   */
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9a-f:.]*:[0-9a-f:.]*");

  /**
   * Checks the entries.
   *
   * @throws IllegalArgumentException if one is neither a name, a suffix, an address nor a network
   */
  public NoProxy {
    entries = List.copyOf(entries);
    for (var entry : entries) {
      var isValid =
          (entry.contains("/") || ADDRESS.matcher(entry).matches())
              ? Network.parse(entry) != null
              : NAME.matcher(entry).matches();
      if (!isValid) {
        throw new IllegalArgumentException("not a host, a suffix, an address or a network");
      }
    }
  }

  /** Parses the text of a setting. The configuration library finds this method by its name. */
  public static NoProxy parse(CharSequence text) {
    return new NoProxy(
        Arrays.stream(text.toString().toLowerCase(Locale.ROOT).split(","))
            .map(String::strip)
            .filter(entry -> !entry.isEmpty())
            .toList());
  }

  /**
   * Returns whether the broker reaches a host without the proxy.
   *
   * @param host a name without a trailing dot, or an address without brackets
   */
  public boolean covers(String host) {
    var name = host.toLowerCase(Locale.ROOT);
    var address = address(name);
    return entries.stream().anyMatch(entry -> matches(entry, name, address));
  }

  private static boolean matches(String entry, String name, @Nullable InetAddress address) {
    if (address != null) {
      var network = Network.parse(entry);
      return network != null && network.contains(address);
    }
    return entry.startsWith(".") ? name.endsWith(entry) : name.equals(entry);
  }

  private static @Nullable InetAddress address(String text) {
    try {
      return ADDRESS.matcher(text).matches() ? InetAddress.ofLiteral(text) : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** The addresses that share their first bits; a single address shares all of them. */
  private record Network(InetAddress first, int bits) {

    static @Nullable Network parse(String text) {
      var parts = text.split("/", -1);
      var first = address(parts[0]);
      if (first == null || parts.length > 2) {
        return null;
      }
      var all = first.getAddress().length * Byte.SIZE;
      if (parts.length == 1) {
        return new Network(first, all);
      }
      var isNumber = parts[1].matches("[0-9]{1,3}");
      return isNumber && Integer.parseInt(parts[1]) <= all
          ? new Network(first, Integer.parseInt(parts[1]))
          : null;
    }

    boolean contains(InetAddress address) {
      var one = first.getAddress();
      var other = address.getAddress();
      if (one.length != other.length) {
        return false;
      }
      for (var bit = 0; bit < bits; bit++) {
        var mask = 0x80 >> (bit % Byte.SIZE);
        if (((one[bit / Byte.SIZE] ^ other[bit / Byte.SIZE]) & mask) != 0) {
          return false;
        }
      }
      return true;
    }
  }
}
