/**
 * The service of environments as a process: where it lies in a home, how it is started once however many want it, how it ends.
 * In: a home, and who knows how specs become views. Out: a service that answers, or an error that says what is in the way and
 * what to do. Owns the files of the service in the folder {@code run}.
 */
@NullMarked
package dev.mayfly.app.env.service;

import org.jspecify.annotations.NullMarked;
