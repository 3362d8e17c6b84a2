/**
 * Runners for GitHub Actions. Comes in: what GitHub tells of jobs (webhooks {@code workflow_job}), signed. Goes out: which
 * runner is wanted and which is not any more. A runner is registered for one job ({@code generate-jitconfig}), so it needs no
 * token that is worth anything to others. Neither GitHub nor the fleet is known here but through {@code Registry} and
 * {@code Runners}.
 */
@NullMarked
package dev.mayfly.fleet.github;

import org.jspecify.annotations.NullMarked;
