/**
 * A shoes-provider plugin of myshoes: a process that myshoes starts for each call, speaks go-plugin's protocol with, and ends.
 * Comes in: the environment that go-plugin gives, then calls of {@code whywaita.myshoes.Shoes}. Goes out: one line, then calls
 * of a server's {@code ShoesService}. It keeps nothing. Sources: go-plugin 1.7.0 ({@code docs/internals.md}, {@code
 * client.go}), myshoes 1.19 ({@code pkg/shoes}).
 */
@NullMarked
package dev.mayfly.fleet.plugin;

import org.jspecify.annotations.NullMarked;
