/** Help for the tests of this room. */
package dev.mayfly.base.testing;
