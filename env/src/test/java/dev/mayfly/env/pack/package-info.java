/** Looking for contents in many packs, through an index over them. */
@org.jspecify.annotations.NullMarked
package dev.mayfly.env.pack;
