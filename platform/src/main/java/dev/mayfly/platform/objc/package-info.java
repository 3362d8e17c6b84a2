/**
 * Calls into Apple's frameworks by their Objective-C runtime. Comes in: names of classes and selectors, numbers, texts. Goes
 * out: objects, as numbers. Where the symbols are taken from is handed in, so that all of it is tried on any system against
 * a runtime that is played; none of it was tried on a Mac.
 */
@NullMarked
package dev.mayfly.platform.objc;

import org.jspecify.annotations.NullMarked;
