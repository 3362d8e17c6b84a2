/**
 * From the bytes of a request to a {@link dev.mayfly.sandbox.api.RunRequest} that fits its schema, and to the name of
 * its run. The published contract is {@code schemas/request.schema.json}; the reader is written by hand because it
 * runs at every start of the program, and a test holds the two together. All problems are reported at once, each with
 * its place in the document. Pure.
 */
@NullMarked
package dev.mayfly.sandbox.request;

import org.jspecify.annotations.NullMarked;
