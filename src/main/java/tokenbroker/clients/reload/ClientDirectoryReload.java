package tokenbroker.clients.reload;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.LaunchMode;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientCredentials;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.clients.ClientDirectory.Entry;
import tokenbroker.clients.ClientLabels;
import tokenbroker.clients.ClientName;
import tokenbroker.clients.CredentialsProof;
import tokenbroker.clients.CredentialsProof.ProofResult;
import tokenbroker.clients.file.ClientsFile;
import tokenbroker.clients.file.ClientsFileWatch;
import tokenbroker.clients.file.Fault;
import tokenbroker.clients.secrets.PendingCredentials;
import tokenbroker.clients.secrets.PendingCredentials.Trial;
import tokenbroker.clients.secrets.SecretsDirectory;
import tokenbroker.clients.secrets.SecretsDirectory.Secrets;
import tokenbroker.config.BrokerConfig;
import tokenbroker.seal.KeyedHash;
import tokenbroker.time.Ticker;

/**
 * Loads the clients file and the secrets directory into the {@link ClientDirectory}, at the start
 * and at each reload. If they have faults, the clients in use stay as they are. New credentials
 * replace working ones only once they are proven.
 */
@ApplicationScoped
public class ClientDirectoryReload {

  private static final Logger LOG = Logger.getLogger(ClientDirectoryReload.class);

  private final Path file;
  private final ClientsFileWatch watch;
  private final SecretsDirectory secrets;
  private final ClientDirectory directory;
  private final CredentialsProof proof;
  private final PendingCredentials trials;
  private final ClientsMetrics metrics;
  private final LeavingClients leaving;
  private final CredentialsReport report;

  /**
   * The clients of the last valid file, and those that are leaving, without credentials. Null
   * before the first valid file.
   */
  private @Nullable Map<ClientName, Client> definitions;

  /** Whether the current file is valid. Only then does a missing client count as removed. */
  private boolean fileIsRight;

  public ClientDirectoryReload(
      BrokerConfig config,
      KeyedHash hash,
      Clock clock,
      Ticker ticker,
      ClientDirectory directory,
      CredentialsProof proof,
      ClientLabels labels,
      MeterRegistry registry) {
    this.file = config.clients().file();
    this.watch =
        new ClientsFileWatch(
            file, config.issuers().keySet(), LaunchMode.current().isDevOrTest(), clock, ticker);
    this.leaving = new LeavingClients(file, ticker);
    this.report = new CredentialsReport(directory, ticker);
    this.secrets = new SecretsDirectory(config.clients().secrets(), hash, clock);
    this.directory = directory;
    this.proof = proof;
    this.trials = new PendingCredentials(proof, ticker, this::conclude);
    this.metrics = new ClientsMetrics(registry, labels);
    directory.onRemoved(trials::drop);
    proof.onRefused(this::useWaitingSoon);
  }

  /**
   * Loads the files. Call it once, before the first request.
   *
   * @return all faults of the clients file, for the caller to report. If there are any, no client
   *     is known until a reload finds the file corrected.
   */
  public synchronized List<Fault> load() {
    return takeOver();
  }

  /**
   * Applies what has changed since the last look, and nothing else. It does not wait for an
   * upstream: new credentials are tried in the background.
   */
  public synchronized void reload() {
    var faults = takeOver();
    if (!faults.isEmpty()) {
      LOG.warnf(
          "%s has faults, so the broker keeps the previous clients: %s",
          file, CredentialsReport.inOneLine(faults));
    }
  }

  /** Reloads again if the last look saw a change that may have been incomplete. */
  public synchronized void reloadIfSettling() {
    if (watch.isSettling()) {
      reload();
    }
  }

  private List<Fault> takeOver() {
    var result = watch.look().orElse(null);
    if (result != null) {
      fileIsRight = result instanceof ClientsFile.Result.Read;
    }
    if (result instanceof ClientsFile.Result.Read(var clients)) {
      definitions = leaving.keepMissing(definitions == null ? Map.of() : definitions, clients);
    } else if (definitions != null && fileIsRight && !watch.isSettling()) {
      definitions = leaving.release(definitions);
    }
    var changed = definitions != null && join(definitions);
    if (changed || result instanceof ClientsFile.Result.Read) {
      metrics.changeApplied();
      LOG.infof("Clients loaded: %d", directory.size());
    }
    if (result instanceof ClientsFile.Result.Faulty(var faults)) {
      metrics.changeRejected();
      return faults;
    }
    return List.of();
  }

  /**
   * Joins the definitions with the credentials that each client is to use from now on.
   *
   * @return whether any client has changed; a client whose fault alone has changed does not count
   */
  private boolean join(Map<ClientName, Client> definitions) {
    var found = secrets.read(definitions.keySet());
    var entries =
        definitions.values().stream()
            .map(client -> join(client, Objects.requireNonNull(found.get(client.name()))))
            .toList();
    if (report.tell(entries)) {
      metrics.changeRejected();
    }
    if (directory.isLoaded() && entries.equals(directory.entries())) {
      return false;
    }
    var before = directory.all();
    directory.replaceAll(entries);
    directory.all().forEach(metrics::inUse);
    return !directory.all().equals(before);
  }

  private Entry join(Client definition, Secrets secrets) {
    var name = definition.name();
    var before = directory.find(name).orElse(null);
    if (before != null && leaving.contains(name)) {
      return new Entry(before, directory.problem(name).orElse(null)); // Its secrets may be gone.
    }
    var kept = definition.with(before == null ? null : before.knownCredentials());
    return switch (secrets) {
      case Secrets.Found(var found) when isToBeUsedAtOnce(found, definition, before) -> {
        trials.drop(name);
        yield new Entry(definition.with(found), null);
      }
      case Secrets.Found(var found) -> new Entry(kept, trials.offer(definition.with(found)));
      case Secrets.Faulty(var fault) -> {
        trials.drop(name);
        yield new Entry(kept, fault);
      }
    };
  }

  /**
   * Returns whether to use the new credentials without a proof. Only working credentials are worth
   * a proof that their replacement works as well.
   */
  private boolean isToBeUsedAtOnce(
      ClientCredentials found, Client definition, @Nullable Client before) {
    return before == null
        || before.knownCredentials() == null
        || before.knownCredentials().equals(found)
        || !before.upstream().baseUrl().equals(definition.upstream().baseUrl())
        || !proof.working(before);
  }

  private synchronized void conclude(Trial trial, ProofResult verdict) {
    var concluded = trials.conclude(trial, verdict).orElse(null);
    var client = directory.find(trial.candidate().name()).orElse(null);
    if (concluded == null || client == null) {
      return;
    }
    if (concluded.fault() == null) {
      use(concluded.candidate(), "a fetch with them succeeded");
    } else if (report.isNew(client, concluded.fault())) {
      directory.replace(new Entry(client, concluded.fault()));
      LOG.warnf(
          "Client %s keeps its previous credentials: %s",
          client.name(), concluded.fault().message());
      if (verdict instanceof ProofResult.Refused) {
        metrics.changeRejected();
      }
    }
  }

  private void use(Client client, String why) {
    directory.replace(new Entry(client, null));
    metrics.inUse(client);
    metrics.changeApplied();
    LOG.infof("Client %s uses its new credentials: %s", client.name(), why);
  }

  /**
   * Uses the unproven credentials in the background, if there are any. They cannot be worse than
   * credentials that the upstream rejects.
   */
  private void useWaitingSoon(ClientName name) {
    if (trials.waiting(name).isPresent()) {
      Thread.ofVirtual().name("waiting credentials").start(() -> useWaiting(name));
    }
  }

  private synchronized void useWaiting(ClientName name) {
    var waiting = trials.waiting(name);
    var inUse = directory.find(name);
    if (waiting.isPresent() && inUse.isPresent() && !proof.working(inUse.get())) {
      trials.drop(name);
      use(waiting.get(), "the upstream rejects the previous ones");
    }
  }

  @PreDestroy
  void stop() {
    trials.close();
  }
}
