package shop.orders;

import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import jakarta.ws.rs.WebApplicationException;

/** An example of a service. It sends one request to TrackMage, prints the result and exits. */
@QuarkusMain
class Orders implements QuarkusApplication {

  private final Workspaces workspaces;

  Orders(Workspaces workspaces) {
    this.workspaces = workspaces;
  }

  @Override
  public int run(String... arguments) {
    try {
      System.out.println("TrackMage answered " + workspaces.first().length() + " characters");
      return 0;
    } catch (WebApplicationException failed) {
      System.out.println("no answer: " + failed.getResponse().getStatus());
      return 1;
    }
  }
}
