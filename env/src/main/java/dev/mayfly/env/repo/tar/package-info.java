/**
 * Environments in a tar file, with the names that SPFS gives them: {@code objects/AB/CDEF…}, {@code payloads/AB/CDEF…},
 * {@code tags/org/name.tag}. In: what to export, or an archive from anybody. Out: one stream, or content in a repository.
 * Nothing is ever unpacked to a path that an archive names.
 */
@NullMarked
package dev.mayfly.env.repo.tar;

import org.jspecify.annotations.NullMarked;
