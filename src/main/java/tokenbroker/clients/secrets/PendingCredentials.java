package tokenbroker.clients.secrets;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientName;
import tokenbroker.clients.CredentialsFault;
import tokenbroker.clients.CredentialsFault.Kind;
import tokenbroker.clients.CredentialsProof;
import tokenbroker.clients.CredentialsProof.ProofResult;
import tokenbroker.clients.file.Fault;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;

/**
 * The trials of new credentials, at most one set per client. Trials run concurrently, and nothing
 * waits for them.
 */
public final class PendingCredentials implements AutoCloseable {

  private static final int AT_ONCE = 16;
  private static final Duration PAUSE_AFTER_REFUSAL = Duration.ofSeconds(30);

  private final CredentialsProof proof;
  private final Ticker ticker;
  private final BiConsumer<Trial, ProofResult> verdicts;
  private final Map<ClientName, Trial> trials = new ConcurrentHashMap<>();
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          AT_ONCE, Thread.ofVirtual().name("credentials-trial-", 0).factory());

  /**
   * Creates the trials.
   *
   * @param verdicts receives each trial's verdict, on the trial's thread
   */
  public PendingCredentials(
      CredentialsProof proof, Ticker ticker, BiConsumer<Trial, ProofResult> verdicts) {
    this.proof = proof;
    this.ticker = ticker;
    this.verdicts = verdicts;
  }

  /**
   * A client with new credentials.
   *
   * @param notBefore when the same credentials may be tried again; null while a trial runs
   * @param fault the fault that the last trial of the same credentials found; null if it found none
   */
  public record Trial(
      Client candidate, @Nullable Moment notBefore, @Nullable CredentialsFault fault) {
    public Trial(Client candidate) {
      this(candidate, null, null);
    }
  }

  /**
   * Starts a trial, unless the same candidate is on trial or was rejected a moment ago.
   *
   * @return the known fault of the candidate; null if there is none
   */
  public @Nullable CredentialsFault offer(Client candidate) {
    var last = trials.get(candidate.name());
    if (last == null || !last.candidate().equals(candidate)) {
      start(new Trial(candidate));
      return null;
    }
    if (last.notBefore() != null && !ticker.now().isBefore(last.notBefore())) {
      start(new Trial(candidate, null, last.fault()));
    }
    return last.fault();
  }

  private void start(Trial trial) {
    trials.put(trial.candidate().name(), trial);
    threads.execute(() -> run(trial));
  }

  /** Returns a candidate whose last trial did not prove it, or empty if there is none. */
  public Optional<Client> waiting(ClientName client) {
    return Optional.ofNullable(trials.get(client))
        .filter(trial -> trial.fault() != null)
        .map(Trial::candidate);
  }

  /** Ends the client's trial. The verdict of a trial that still runs no longer counts. */
  public void drop(ClientName client) {
    trials.remove(client);
  }

  /** Returns the trial with its result, or empty if it no longer counts. */
  public Optional<Trial> conclude(Trial trial, ProofResult verdict) {
    var candidate = trial.candidate();
    var concluded =
        switch (verdict) {
          case ProofResult.Proven() -> new Trial(candidate);
          case ProofResult.Refused(var error) ->
              new Trial(
                  candidate, ticker.now().plus(PAUSE_AFTER_REFUSAL), refused(candidate, error));
          case ProofResult.Undecided() -> new Trial(candidate, ticker.now(), unproven(candidate));
        };
    return trials.replace(candidate.name(), trial, concluded)
        ? Optional.of(concluded)
        : Optional.empty();
  }

  private static CredentialsFault refused(Client candidate, String error) {
    return new CredentialsFault(
        Kind.REFUSED,
        "upstream %s rejected the new credentials with %s: correct client-id and client-secret"
            .formatted(candidate.upstream().name(), Fault.shown(error)));
  }

  private static CredentialsFault unproven(Client candidate) {
    return new CredentialsFault(
        Kind.UNPROVEN,
        "upstream %s has not yet confirmed the new credentials: the broker will try again soon"
            .formatted(candidate.upstream().name()));
  }

  private void run(Trial trial) {
    if (!trial.equals(trials.get(trial.candidate().name()))) {
      return;
    }
    ProofResult verdict = new ProofResult.Undecided();
    try {
      verdict = proof.prove(trial.candidate());
    } finally {
      // A trial that was interrupted by the shutdown has no verdict.
      if (!threads.isShutdown()) {
        verdicts.accept(trial, verdict);
      }
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
