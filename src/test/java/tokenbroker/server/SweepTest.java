package tokenbroker.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class SweepTest {

  private final Deque<Runnable> scheduled = new ArrayDeque<>();
  private final Sweep sweep = new Sweep(scheduled::add);
  private final List<String> ended = new ArrayList<>();

  @Test
  void aConnectionEndsWhenItIsOverdueAndOthersStay() {
    sweep.add(new Connection("late", 1));
    sweep.add(new Connection("later", 2));
    aSecondPasses();
    assertThat(ended).isEmpty();
    aSecondPasses();
    assertThat(ended).containsExactly("late");
    aSecondPasses();
    assertThat(ended).containsExactly("late", "later");
    assertThat(sweep.second()).isEqualTo(3);
  }

  @Test
  void itRestsWhileThereAreNoConnections() {
    assertThat(scheduled).isEmpty();
    sweep.add(new Connection("first", 0));
    sweep.add(new Connection("second", 0));
    assertThat(scheduled).hasSize(1);
    aSecondPasses();
    assertThat(ended).containsExactly("first", "second");
    assertThat(scheduled).isEmpty();

    sweep.add(new Connection("third", 2));
    aSecondPasses();
    assertThat(ended).doesNotContain("third");
    aSecondPasses();
    assertThat(ended).contains("third");
  }

  private void aSecondPasses() {
    scheduled.remove().run();
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
