package shop.orders;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.rest.client.ext.ClientHeadersFactory;

/** The identity of this service. Reads the file for each request: Kubernetes replaces it. */
@ApplicationScoped
public class ServiceAccountToken implements ClientHeadersFactory {

  @ConfigProperty(name = "orders.caller-token-file")
  Path file;

  @Override
  public MultivaluedMap<String, String> update(
      MultivaluedMap<String, String> incoming, MultivaluedMap<String, String> outgoing) {
    try {
      var headers = new MultivaluedHashMap<String, String>();
      headers.putSingle(HttpHeaders.AUTHORIZATION, "Bearer " + Files.readString(file).strip());
      return headers;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
