package tokenbroker.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import tokenbroker.testing.FreePorts;

/**
 * An nginx with one worker. It serves one static file, a copy of a broker's response, for every
 * path.
 */
final class Nginx implements AutoCloseable {

  private static final List<String> ITS_OWN =
      List.of("content-length", "date", "server", "content-type");

  private final int port = FreePorts.free();
  private final Process process;

  /**
   * Starts an nginx without TLS.
   *
   * @param like the response whose body and headers nginx serves
   */
  Nginx(Path directory, HttpResponse<String> like) {
    this(directory, like, null);
  }

  /**
   * Starts an nginx.
   *
   * @param tls the directory with {@code tls.crt} and {@code tls.key}, for HTTP/2 with TLS; null
   *     for HTTP/1.1 without
   */
  Nginx(Path directory, HttpResponse<String> like, @Nullable Path tls) {
    try {
      Files.writeString(directory.resolve("token.json"), like.body());
      var configuration =
          Files.writeString(
              directory.resolve("nginx.conf"),
              """
              daemon off;
              worker_processes 1;
              pid %1$s/nginx.pid;
              error_log %1$s/error.log;
              events { worker_connections 4096; }
              http {
                access_log off;
                sendfile on;
                keepalive_requests 1000000000;
                open_file_cache max=10;
                client_body_temp_path %1$s;
                proxy_temp_path %1$s;
                fastcgi_temp_path %1$s;
                uwsgi_temp_path %1$s;
                scgi_temp_path %1$s;
                server {
                  listen 127.0.0.1:%2$d%5$s;
                  root %1$s;
                  default_type "%3$s";
                  types { }
                  %4$s
                  location / { try_files /token.json =404; }
                }
              }
              """
                  .formatted(
                      directory,
                      port,
                      like.headers().firstValue("Content-Type").orElseThrow(),
                      headers(like.headers()),
                      tls == null
                          ? ""
                          : " ssl http2; ssl_certificate %1$s/tls.crt; ssl_certificate_key %1$s/tls.key"
                              .formatted(tls)));
      process =
          new ProcessBuilder(
                  Wrk.executable("nginx").toString(),
                  "-e",
                  directory.resolve("start.log").toString(),
                  "-c",
                  configuration.toString())
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("nginx.log").toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Awaitility.await().ignoreExceptions().until(this::answers);
  }

  int port() {
    return port;
  }

  /** Returns the process that answers requests. */
  ProcessHandle worker() {
    return process.children().findFirst().orElseThrow();
  }

  @Override
  public void close() {
    process.destroy();
  }

  private boolean answers() throws IOException {
    new Socket(InetAddress.getLoopbackAddress(), port).close();
    return true;
  }

  private static String headers(HttpHeaders headers) {
    return headers.map().entrySet().stream()
        .filter(header -> !ITS_OWN.contains(header.getKey()) && !header.getKey().startsWith(":"))
        .map(
            header ->
                "add_header %s \"%s\";".formatted(header.getKey(), header.getValue().getFirst()))
        .collect(Collectors.joining("\n"));
  }
}
