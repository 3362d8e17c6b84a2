/**
 * The controller: registry, lists, evidence and incidents behind one door. In: calls of agents, from any thread. Out: lists as
 * they change, and the health of cards, paths and hosts. Owns one thread, which judges.
 */
@NullMarked
package dev.mayfly.mesh.controller;

import org.jspecify.annotations.NullMarked;
