/** What this machine can do for environments, as rows of {@code mayfly doctor}. Knows the probes, and nothing of the program. */
@NullMarked
package dev.mayfly.app.env.doctor;

import org.jspecify.annotations.NullMarked;
