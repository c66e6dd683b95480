package tokenbroker.callers;

import java.util.Set;

/** The groups that rules name. The broker keeps only these of a caller's groups. */
@FunctionalInterface
public interface NamedGroups {

  /**
   * Returns every group that may admit a caller. It returns the same object until a group is added,
   * so that comparing it is cheap. Never blocks.
   */
  Set<CallerRule.Group> namedGroups();
}
