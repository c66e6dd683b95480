package tokenbroker.check;

/** The help text of the command. */
final class Usage {

  static final String TEXT =
      """
      Checks the files and settings of the token broker, and explains who may use which client.
      It opens no port, connects to nothing and changes nothing.

      Usage:
        check                               Check all settings and files, as the broker does when it starts.
        check --clients FILE                Check only this clients file. Settings and secrets are not needed.
        check --as CALLER [--client NAME]   List the clients that a caller may use, or explain one of them.
        check --jwt FILE [--client NAME]    The same for the caller of a JWT. Use - to read it from standard input.
        check --diff OLD NEW                Show who gains and who loses access between two clients files.

      Options:
        --as CALLER      issuer=NAME,subject=SUBJECT, then any number of ,group=GROUP
        --clients FILE   The clients file to use instead of the configured one (broker.clients.file).
        --issuers NAMES  The names that rules may use for issuers, separated by commas. Without this option, they
                         come from the settings (broker.issuers.<name>). If there are none, any name is accepted.
                         Use it with --clients or --diff.
        --help           Print this text.

      Settings are environment variables, such as BROKER_CLIENTS_FILE=run/clients.yaml.

      Exit status:
        0   There is no fault. With --client: the caller may use the client. With --diff: both files are valid.
        1   There are faults, or the caller has no access, or the broker does not accept the JWT.
        2   The options are wrong.

      Examples:
        check --as issuer=cluster,subject=system:serviceaccount:shop:orders --client acme-eu
        check --clients clients.yaml --issuers cluster,corp
        check --diff old.yaml clients.yaml
      """;

  private Usage() {}
}
