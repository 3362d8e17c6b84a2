/**
 * The answer to a request: {@link dev.mayfly.sandbox.result.RunResult} and its one JSON form, whose contract is
 * {@code schemas/result.schema.json}. {@link dev.mayfly.sandbox.result.ResultCheck} holds every written result against
 * that contract before anybody sees it. {@code result_digest} is over the fields that equal runs share; which these are
 * stands at {@link dev.mayfly.sandbox.result.ResultDigest}. Pure.
 */
@NullMarked
package dev.mayfly.sandbox.result;

import org.jspecify.annotations.NullMarked;
