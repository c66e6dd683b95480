package shop.orders;

import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import jakarta.ws.rs.WebApplicationException;

/** Stands for a service: asks TrackMage one thing, says what came, and ends. */
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
