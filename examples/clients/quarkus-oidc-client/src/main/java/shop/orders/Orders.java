package shop.orders;

import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import org.eclipse.microprofile.rest.client.inject.RestClient;

/** Calls TrackMage once a second and prints the status of each response. */
@QuarkusMain
class Orders implements QuarkusApplication {

  private final TrackMage trackMage;

  Orders(@RestClient TrackMage trackMage) {
    this.trackMage = trackMage;
  }

  @Override
  public int run(String... arguments) throws InterruptedException {
    while (true) {
      System.out.println(call());
      Thread.sleep(1000);
    }
  }

  private String call() {
    try (var response = trackMage.workspaces(1)) {
      return String.valueOf(response.getStatus());
    } catch (RuntimeException failure) {
      return "error: " + failure.toString().replaceAll("\\s+", " ");
    }
  }
}
