/** Transports over sockets: on loopback, and between network namespaces that the tests make. */
package dev.mayfly.mesh.soft;
