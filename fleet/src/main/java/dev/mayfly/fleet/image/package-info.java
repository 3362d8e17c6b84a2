/**
 * Templates and their clones. Comes in: a template's folder, whose files are checked against their digests. Goes out: a
 * disk that shares all blocks with it and takes only what is written to it. A template is never written to.
 */
@NullMarked
package dev.mayfly.fleet.image;

import org.jspecify.annotations.NullMarked;
