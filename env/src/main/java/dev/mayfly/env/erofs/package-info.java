/**
 * Shows views through EROFS, the read-only file system of the Linux kernel: front end A, the default on Linux. In: a view
 * and where the contents of its files lie. Out: a folder that shows the view, mounted once however many use it.
 *
 * <p>An image holds names, modes and links; contents stay in the files in which they are kept (packs), which the kernel
 * takes as extra devices of the image. So an image is small, made in a fraction of a second, and derived: it can be thrown
 * away at any time. {@code Placement} finds the contents and names the image, {@code ImagePlan} says where each inode goes,
 * {@code ImageWriter} writes, {@code ImageStore} keeps images and gives out none that is torn or not ours, and
 * {@code ErofsMounts} mounts.
 *
 * <p>Must not know how repositories keep payloads, who uses a mount, and namespaces.
 */
@NullMarked
package dev.mayfly.env.erofs;

import org.jspecify.annotations.NullMarked;
