package tokenbroker.callers;

import java.util.Set;

/** The groups that rules speak of. Of a caller's groups only these are kept. */
@FunctionalInterface
public interface NamedGroups {

  /**
   * Returns every group that may let a caller in. It is the same object until a group is added, so
   * that it costs nothing to see that it is. Never blocks.
   */
  Set<CallerRule.Group> namedGroups();
}
