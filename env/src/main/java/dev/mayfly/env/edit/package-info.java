/**
 * What was changed. In: the upper folder of an overlay with the view below it, or any folder. Out: the manifest of a layer
 * whose payloads went into an {@link dev.mayfly.env.repo.Ingest}, and lists of differences. Names are bytes, links are never
 * followed, and work is proportional to what has changed, not to what is below it.
 *
 * <p>Modes are kept whole, set-user-id and sticky bits too: they are part of a layer's digest. Environments are mounted
 * nosuid, so they give nobody rights.
 */
@NullMarked
package dev.mayfly.env.edit;

import org.jspecify.annotations.NullMarked;
