package dev.mayfly.env.fuse;

/**
 * How a view is mounted; the kernel never honours set-user-id bits or device nodes in it.
 *
 * @param name what tables of mounts show as its source
 * @param everybody whether users other than the one who mounts may see it
 * @param readOnly whether the kernel itself refuses changes. The server refuses them all the same
 */
public record MountOptions(String name, boolean everybody, boolean readOnly) {
    public MountOptions {
        if (name.isEmpty() || !name.chars().allMatch(c -> c > ' ' && c < 127 && c != ',' && c != '\\')) {
            throw new IllegalArgumentException("not a name that a table of mounts can show: " + name);
        }
    }

    /** Read-only, for everybody. */
    public static MountOptions named(String name) {
        return new MountOptions(name, true, true);
    }

    /** What mount(2) gets as data. */
    String data(int device, int uid, int gid) {
        return "fd=" + device + ",rootmode=40000,user_id=" + uid + ",group_id=" + gid + ",default_permissions"
                + (everybody ? ",allow_other" : "");
    }
}
