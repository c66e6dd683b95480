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

/**
 * A proof without an upstream. The test decides the result for each secret; until then, the trial
 * waits.
 */
final class ScriptedProof implements CredentialsProof {

  private final Map<String, CompletableFuture<ProofResult>> verdicts = new ConcurrentHashMap<>();
  private final Set<ClientName> broken = ConcurrentHashMap.newKeySet();
  private final List<Consumer<ClientName>> refusedListeners = new CopyOnWriteArrayList<>();
  private final List<String> tried = new CopyOnWriteArrayList<>();

  /** Sets the result for a secret. A waiting trial gets it at once. */
  void says(String secret, ProofResult verdict) {
    var waiting = verdicts.put(secret, CompletableFuture.completedFuture(verdict));
    if (waiting != null) {
      waiting.complete(verdict);
    }
  }

  /** Makes the credentials in use invalid. No fetch has noticed it yet. */
  void breaks(String client) {
    broken.add(new ClientName(client));
  }

  /** Reports that a fetch with the credentials in use was rejected. */
  void refuses(String client) {
    breaks(client);
    refusedListeners.forEach(listener -> listener.accept(new ClientName(client)));
  }

  /** Returns the secrets that were tried, in order. */
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
