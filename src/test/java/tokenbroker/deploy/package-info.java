/**
 * Whether what is in {@code k8s/} is right: Kubernetes' types, Prometheus, and the broker itself
 * say.
 */
@NullMarked
package tokenbroker.deploy;

import org.jspecify.annotations.NullMarked;
