package tokenbroker.clients.file;

import java.util.List;
import tokenbroker.clients.ClientName;

/**
 * Receives the lines in which the rules of a clients file begin. The broker itself does not need
 * them; messages about the policy do.
 */
@FunctionalInterface
public interface RuleLines {

  /** Ignores the lines. */
  RuleLines NONE = (client, rules) -> {};

  /**
   * Receives the lines of one client's rules, counted from 1. If the file is read twice, each
   * client is received twice.
   *
   * @param rules the line of each rule, in the order of {@code Client.callers()}
   */
  void found(ClientName client, List<Integer> rules);
}
