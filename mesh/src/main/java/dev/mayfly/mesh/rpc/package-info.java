/**
 * Controller and agents over gRPC: our own protocol, and the one of the open-source R-Pingmesh agents. The only package of the
 * room that knows generated types.
 */
@NullMarked
package dev.mayfly.mesh.rpc;

import org.jspecify.annotations.NullMarked;
