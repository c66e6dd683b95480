package shop;

import java.net.URI;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/** The token broker with a TrackMage look-alike inside. It is ready as soon as it has started. */
class SandboxContainer extends GenericContainer<SandboxContainer> {

  SandboxContainer(String image) {
    super(image);
    withExposedPorts(8080, 9000);
    waitingFor(Wait.forHttp("/q/health/ready").forPort(9000));
  }

  URI url(String path) {
    return URI.create("http://" + getHost() + ":" + getMappedPort(8080) + path);
  }
}
