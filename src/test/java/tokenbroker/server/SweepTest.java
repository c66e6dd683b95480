package tokenbroker.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SweepTest {

  private final Sweep sweep = new Sweep();
  private final List<String> ended = new ArrayList<>();

  @Test
  void aConnectionEndsWhenItIsOverdueAndOthersStay() {
    sweep.add(new Connection("late", 1));
    sweep.add(new Connection("later", 2));
    sweep.run();
    assertThat(ended).isEmpty();
    sweep.run();
    assertThat(ended).containsExactly("late");
    sweep.run();
    assertThat(ended).containsExactly("late", "later");
    assertThat(sweep.second()).isEqualTo(3);
  }

  /** A connection that ends after this many seconds and then removes itself. */
  private final class Connection implements Sweep.Watched {

    private final String name;
    private final int patience;

    Connection(String name, int patience) {
      this.name = name;
      this.patience = patience;
    }

    @Override
    public boolean isOverdue(int second) {
      return second > patience;
    }

    @Override
    public void end() {
      ended.add(name);
      sweep.remove(this);
    }
  }
}
