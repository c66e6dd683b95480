package tokenbroker.clients.file;

import java.util.List;
import tokenbroker.clients.ClientName;

/**
 * Receives the lines in which the clients of a file and their rules begin. The broker itself does
 * not need them; messages about the policy do.
 */
@FunctionalInterface
public interface RuleLines {

  /** Ignores the lines. */
  RuleLines NONE = (client, line, rules) -> {};

  /**
   * Receives the lines of one client, counted from 1. If the file is read twice, each client is
   * received twice.
   *
   * @param line the line of the client's name
   * @param rules the line of each rule, in the order of {@code Client.callers()}
   */
  void found(ClientName client, int line, List<Integer> rules);
}
