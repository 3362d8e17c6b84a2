/**
 * What shows environments for others on this machine, and its clients. In: specs, each with the process that it is for. Out:
 * mounted views, and who has which. Owns what is shown now and the counts of that; knows the wire, and asks {@link
 * dev.mayfly.env.service.Environments} for views. Each call has a virtual thread.
 */
@NullMarked
package dev.mayfly.env.service;

import org.jspecify.annotations.NullMarked;
