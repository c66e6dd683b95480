package tokenbroker.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BacklogTest {

  private static final int HALF = 100_000;

  private final Backlog<String> backlog = new Backlog<>(2 * HALF, _ -> HALF);

  @Test
  void whatDoesNotFitIsDroppedAndCounted() {
    assertThat(backlog.offer("a")).isTrue();
    assertThat(backlog.offer("b")).isTrue();
    assertThat(backlog.offer("c")).isFalse();

    assertThat(backlog.dropped()).isEqualTo(1);
    assertThat(taken()).containsExactly("a", "b");
  }

  @Test
  void linesBeingWrittenStillCount() {
    backlog.offer("a");
    backlog.offer("b");
    var taken = taken();
    assertThat(backlog.offer("c")).isFalse();
    assertThat(backlog.isEmpty()).isFalse();

    backlog.done(taken, 0);

    assertThat(backlog.isEmpty()).isTrue();
    assertThat(backlog.offer("c")).isTrue();
  }

  @Test
  void whatCouldNotBeWrittenIsCounted() {
    backlog.offer("a");
    backlog.offer("b");

    backlog.done(taken(), 1);

    assertThat(backlog.dropped()).isEqualTo(1);
    assertThat(backlog.isEmpty()).isTrue();
  }

  @Test
  void itIsFullBeforeItDropsAndRoomyWhenLittleWaits() {
    assertThat(backlog.isRoomy()).isTrue();
    backlog.offer("a");
    assertThat(backlog.isRoomy()).isFalse();
    assertThat(backlog.isFull()).isFalse();
    backlog.offer("b");
    assertThat(backlog.isFull()).isTrue();
  }

  @Test
  void noMoreIsTakenThanAskedFor() {
    backlog.offer("a");
    backlog.offer("b");
    var taken = new ArrayList<String>();
    backlog.take(taken, 1);
    assertThat(taken).containsExactly("a");
  }

  private List<String> taken() {
    var taken = new ArrayList<String>();
    backlog.take(taken, 10);
    return taken;
  }
}
