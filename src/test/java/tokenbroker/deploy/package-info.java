/** Tests of {@code k8s/}, against the Kubernetes types, Prometheus and the broker itself. */
@NullMarked
package tokenbroker.deploy;

import org.jspecify.annotations.NullMarked;
