/** What client and server of remote repositories share: pieces of content, errors as statuses, the token. */
@NullMarked
package dev.mayfly.env.wire;

import org.jspecify.annotations.NullMarked;
