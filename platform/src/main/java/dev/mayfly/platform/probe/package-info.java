/**
 * What this machine can do, as values. A {@link dev.mayfly.platform.probe.Probe} looks at a
 * {@link dev.mayfly.platform.probe.Host} and answers with a {@link dev.mayfly.platform.probe.Capability}: state, the
 * evidence for it, and a fix that can be pasted. {@link dev.mayfly.platform.probe.Doctor} asks all of them.
 *
 * <p>Wherever it is harmless a probe really tries: it makes a namespace, a control group, a mount, a clone of a file,
 * and takes it away again. Reading that a kernel was built with something proves little in containers. Everything a
 * probe sees comes through the host, so that tests can show it any machine, and another operating system.
 */
@NullMarked
package dev.mayfly.platform.probe;

import org.jspecify.annotations.NullMarked;
