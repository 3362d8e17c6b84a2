/**
 * What an operator permits, as one immutable value. {@link dev.mayfly.sandbox.policy.PolicyReader} turns the text of a
 * {@code .policy.yml} file into a {@link dev.mayfly.sandbox.policy.Policy}, or says with line numbers everything that is
 * wrong with it; {@link dev.mayfly.sandbox.policy.PolicyStore} finds the file. A policy that is missing, broken, of an
 * unknown version or with an unknown key is an error: there is no fallback that would be wider than what was meant.
 * The digest of a policy is over its content with defaults filled in, so comments and layout do not change run ids.
 */
@NullMarked
package dev.mayfly.sandbox.policy;

import org.jspecify.annotations.NullMarked;
