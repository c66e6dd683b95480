package tokenbroker.check;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.CallerRule;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientName;
import tokenbroker.clients.file.ClientsFile;
import tokenbroker.clients.file.ClientsFileText;
import tokenbroker.clients.file.Fault;

/** The clients of one valid file, with the lines of their rules. */
record Policy(Path file, Map<ClientName, Client> clients, Map<ClientName, List<Integer>> lines) {

  /** A valid clients file, or the faults of an invalid one. */
  sealed interface Reading {
    record Valid(Policy policy) implements Reading {}

    record Faulty(List<Fault> faults) implements Reading {}
  }

  /**
   * Reads a clients file, as the broker does in production.
   *
   * @param issuers the names that rules may use for issuers; null for any
   */
  static Reading read(Path file, @Nullable Set<String> issuers) {
    var lines = new HashMap<ClientName, List<Integer>>();
    var result = ClientsFileText.read(file, issuers, /* allowPlainHttp= */ false, lines::put);
    return switch (result) {
      case ClientsFile.Result.Read(var clients) ->
          new Reading.Valid(new Policy(file, clients, lines));
      case ClientsFile.Result.Faulty(var faults) -> new Reading.Faulty(faults);
    };
  }

  Optional<Client> find(String name) {
    return ClientName.parse(name).map(clients::get);
  }

  /** Returns the line of the first such rule of a client. */
  int line(Client client, CallerRule rule) {
    var lines = this.lines.getOrDefault(client.name(), List.of());
    return lines.get(client.callers().indexOf(rule));
  }
}
