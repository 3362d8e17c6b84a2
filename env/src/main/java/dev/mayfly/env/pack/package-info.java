/**
 * Contents side by side in few large files. A pack is written once and never changed; {@code STORE.md} has its format. Who
 * looks for content goes through {@link dev.mayfly.env.pack.PackFolder}; who writes it fills a
 * {@link dev.mayfly.env.pack.PackWriter}. When a pack becomes visible and when it may go is not decided here.
 */
@NullMarked
package dev.mayfly.env.pack;

import org.jspecify.annotations.NullMarked;
