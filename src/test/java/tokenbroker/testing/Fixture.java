package tokenbroker.testing;

import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A JUnit extension that opens resources before tests and closes them afterwards.
 *
 * <p>A static field with {@code @RegisterExtension} is opened once, for all tests of a class. An
 * instance field is opened for each test. It opens before the {@code @BeforeAll} or
 * {@code @BeforeEach} methods run, and closes after the {@code @AfterAll} or {@code @AfterEach}
 * methods. It closes in reverse order, and also if it was opened only in part.
 */
abstract class Fixture
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

  private final Deque<Runnable> closing = new ArrayDeque<>();
  private boolean isForClass;

  /** Opens the resources. Calls {@link #closeAtEnd} for each one as soon as it is open. */
  abstract void open();

  final void closeAtEnd(Runnable close) {
    closing.push(close);
  }

  @Override
  public final void beforeAll(ExtensionContext context) {
    isForClass = true;
    open();
  }

  @Override
  public final void beforeEach(ExtensionContext context) {
    if (!isForClass) {
      open();
    }
  }

  // JUnit calls the following two also if the ones above have failed.

  @Override
  public final void afterEach(ExtensionContext context) {
    if (!isForClass) {
      close();
    }
  }

  @Override
  public final void afterAll(ExtensionContext context) {
    close();
  }

  private void close() {
    if (!closing.isEmpty()) {
      try {
        closing.pop().run();
      } finally {
        close();
      }
    }
  }
}
