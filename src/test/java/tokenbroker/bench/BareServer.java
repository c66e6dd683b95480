package tokenbroker.bench;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import tokenbroker.testing.FreePorts;

/**
 * A server of bare Vert.x with a constant response, in a JVM with the broker's options. It shows
 * what the broker's own library costs.
 */
final class BareServer implements AutoCloseable {

  private final int port = FreePorts.free();
  private final Process process;

  /**
   * Starts the server.
   *
   * @param like the response whose body and content type it serves
   */
  BareServer(Path directory, HttpResponse<String> like) {
    try {
      var body = Files.writeString(directory.resolve("bare.json"), like.body());
      var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      process =
          new ProcessBuilder(
                  java,
                  "@jvm.options",
                  "-cp",
                  System.getProperty("java.class.path"),
                  BareServer.class.getName(),
                  "" + port,
                  body.toString())
              .redirectErrorStream(true)
              .redirectOutput(new File(directory.toFile(), "bare.log"))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Awaitility.await().ignoreExceptions().until(this::answers);
  }

  private boolean answers() throws IOException {
    new Socket(InetAddress.getLoopbackAddress(), port).close();
    return true;
  }

  int port() {
    return port;
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** The server's own process. */
  public static void main(String[] portAndBody) throws IOException {
    var body = Buffer.buffer(Files.readAllBytes(Path.of(portAndBody[1])));
    var port = Integer.parseInt(portAndBody[0]);
    var json = HttpHeaders.createOptimized("application/json");
    var noStore = HttpHeaders.createOptimized("no-store");
    var vertx = Vertx.vertx();
    var loops = Runtime.getRuntime().availableProcessors();
    var options = new DeploymentOptions().setInstances(loops);
    vertx
        .deployVerticle(
            () ->
                new AbstractVerticle() {
                  @Override
                  public void start() {
                    vertx
                        .createHttpServer()
                        .requestHandler(
                            request ->
                                request
                                    .response()
                                    .putHeader(HttpHeaders.CONTENT_TYPE, json)
                                    .putHeader(HttpHeaders.CACHE_CONTROL, noStore)
                                    .end(body))
                        .listen(port, "127.0.0.1");
                  }
                },
            options)
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }
}
