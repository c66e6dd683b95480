package tokenbroker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A named pipe that a process writes its output to, and a reader that copies it into a file. A test
 * can stop the reader and fill the pipe, as when a log agent hangs.
 */
public final class OutputPipe implements AutoCloseable {

  private final Path pipe;
  private final Path log;
  private final Process reader;

  private OutputPipe(Path pipe, Path log, Process reader) {
    this.pipe = pipe;
    this.log = log;
    this.reader = reader;
  }

  /** Creates the pipe in this directory, and reads from it. */
  public static OutputPipe in(Path directory) {
    try {
      var pipe = directory.resolve("output");
      run(new ProcessBuilder("mkfifo", pipe.toString()));
      var log = Files.createFile(directory.resolve("output.log"));
      var reader =
          new ProcessBuilder("cat", pipe.toString())
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      return new OutputPipe(pipe, log, reader);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path pipe() {
    return pipe;
  }

  Path log() {
    return log;
  }

  /** Stops the reader and fills the pipe completely, so that each writer blocks. */
  public void stopReading() {
    Signals.stop(reader.toHandle());
    try {
      var junk = Files.writeString(log.resolveSibling("junk"), "\n".repeat(1 << 20));
      for (var size : List.of(4_096, 1)) { // Blocks first, then the remaining bytes.
        new ProcessBuilder(
                "dd", "if=" + junk, "of=" + pipe, "oflag=nonblock", "bs=" + size, "status=none")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor(); // It fails when the pipe is full.
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public void goOnReading() {
    Signals.resume(reader.toHandle());
  }

  @Override
  public void close() {
    reader.destroyForcibly();
  }

  private static void run(ProcessBuilder command) throws IOException {
    try {
      if (command.start().waitFor() != 0) {
        throw new IOException(command.command() + " failed");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
