package tokenbroker.clients.reload;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientName;
import tokenbroker.clients.CredentialsProof;

/** Stands for the upstream: says of each secret what the test has said, once it has said it. */
final class ScriptedProof implements CredentialsProof {

  private final Map<String, CompletableFuture<ProofResult>> verdicts = new ConcurrentHashMap<>();
  private final Set<ClientName> broken = ConcurrentHashMap.newKeySet();
  private final List<Consumer<ClientName>> refusedListeners = new CopyOnWriteArrayList<>();
  private final List<String> tried = new CopyOnWriteArrayList<>();

  /** What is said of a secret from now on; who waits for it hears it now. */
  void says(String secret, ProofResult verdict) {
    var waiting = verdicts.put(secret, CompletableFuture.completedFuture(verdict));
    if (waiting != null) {
      waiting.complete(verdict);
    }
  }

  /** The credentials in use work no longer, and nobody has noticed yet. */
  void breaks(String client) {
    broken.add(new ClientName(client));
  }

  /** A fetch with the credentials in use is refused. */
  void refuses(String client) {
    breaks(client);
    refusedListeners.forEach(listener -> listener.accept(new ClientName(client)));
  }

  /** The secrets that were tried, in the order of the trials. */
  List<String> tried() {
    return tried;
  }

  @Override
  public ProofResult prove(Client candidate) {
    var secret = candidate.credentials().orElseThrow().secret().reveal();
    tried.add(secret);
    return verdicts.computeIfAbsent(secret, _ -> new CompletableFuture<>()).join();
  }

  @Override
  public boolean working(Client client) {
    return !broken.contains(client.name());
  }

  @Override
  public void onRefused(Consumer<ClientName> listener) {
    refusedListeners.add(listener);
  }
}
