/**
 * Copies and checks graphs of objects: a platform with its layers, their manifests and the payloads of all files. In: two
 * repositories and what to copy. Out: the same content under the same digests in the other one, and only then a tag for it.
 */
@NullMarked
package dev.mayfly.env.sync;

import org.jspecify.annotations.NullMarked;
