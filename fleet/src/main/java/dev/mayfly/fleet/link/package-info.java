/**
 * What carries words between server and agent, whatever it is made of: in one process, or a stream between machines.
 * Nothing here blocks for long and nothing is promised to arrive; both cores are made for that.
 */
@NullMarked
package dev.mayfly.fleet.link;

import org.jspecify.annotations.NullMarked;
