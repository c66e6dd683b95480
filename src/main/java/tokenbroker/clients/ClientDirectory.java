package tokenbroker.clients;

import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Stand-in until the room is merged. */
@Singleton
public class ClientDirectory {
  public Optional<Client> find(ClientName name) {
    return Optional.empty();
  }

  public Collection<Client> all() {
    return List.of();
  }
}
