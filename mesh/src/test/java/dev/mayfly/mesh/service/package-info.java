/** Events that a test makes up. */
package dev.mayfly.mesh.service;
