@NullMarked
package dev.mayfly.env.service;

import org.jspecify.annotations.NullMarked;
