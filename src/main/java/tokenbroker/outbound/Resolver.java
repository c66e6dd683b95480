package tokenbroker.outbound;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Resolves the addresses of a host. */
@FunctionalInterface
interface Resolver {

  /** Returns all addresses, in the order of preference. May block for long. */
  InetAddress[] resolve(String host) throws UnknownHostException;
}
