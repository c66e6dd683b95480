package tokenbroker.clients.secrets;

import java.nio.file.Path;
import tokenbroker.clients.ClientName;

/** Where a client's two files are in the secrets directory. A client uses one of the layouts. */
enum Layout {
  /** {@code <client>.client-id}: the keys of one Secret of Kubernetes that holds all clients. */
  FLAT {
    @Override
    Path file(Path root, ClientName client, String name) {
      return root.resolve(client.value() + "." + name);
    }
  },
  /** {@code <client>/client-id}: one directory for each client. */
  DIRECTORY {
    @Override
    Path file(Path root, ClientName client, String name) {
      return directory(root, client).resolve(name);
    }
  };

  abstract Path file(Path root, ClientName client, String name);

  Path id(Path root, ClientName client) {
    return file(root, client, "client-id");
  }

  Path secret(Path root, ClientName client) {
    return file(root, client, "client-secret");
  }

  static Path directory(Path root, ClientName client) {
    return root.resolve(client.value());
  }

  /** Returns the message for a client without any file. */
  static String missing(Path root, ClientName client) {
    return "%s and %s are missing: create them, or client-id and client-secret in %s/"
        .formatted(FLAT.id(root, client), FLAT.secret(root, client), directory(root, client));
  }

  /** Returns the message for a client with files in both layouts. */
  static String duplicate(Path root, ClientName client) {
    return "the client has files in two places, %s.client-* and %s/: keep one of the two"
        .formatted(directory(root, client), directory(root, client));
  }
}
