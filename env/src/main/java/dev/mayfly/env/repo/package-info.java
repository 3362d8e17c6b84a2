/** Ports to where objects, payloads and tags are kept; adapters are packages below. */
@NullMarked
package dev.mayfly.env.repo;

import org.jspecify.annotations.NullMarked;
