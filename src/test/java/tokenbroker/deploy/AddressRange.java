package tokenbroker.deploy;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** A range of addresses such as {@code 10.0.0.0/8}: the {@code cidr} of a NetworkPolicy. */
record AddressRange(BigInteger first, int prefix, int bits) {

  static AddressRange of(String cidr) {
    var slash = cidr.indexOf('/');
    var address = bytes(cidr.substring(0, slash));
    return new AddressRange(
        new BigInteger(1, address),
        Integer.parseInt(cidr.substring(slash + 1)),
        address.length * Byte.SIZE);
  }

  boolean contains(String address) {
    var bytes = bytes(address);
    var ignored = bits - prefix;
    return bytes.length * Byte.SIZE == bits
        && new BigInteger(1, bytes).shiftRight(ignored).equals(first.shiftRight(ignored));
  }

  private static byte[] bytes(String address) {
    try {
      return InetAddress.getByName(address).getAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(address, e);
    }
  }
}
