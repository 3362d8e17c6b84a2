/**
 * Shows views as folders of plain files: front end D, for machines where nothing better works and for those who want a copy,
 * and the measure that other front ends are compared with, because no kernel can misread it. In: a view, its payloads, a
 * folder that is not there yet. Out: that folder, whole, or nothing.
 *
 * <p>Names stay bytes; no link is followed on the way. Must not know who uses a folder.
 */
@NullMarked
package dev.mayfly.env.render;

import org.jspecify.annotations.NullMarked;
