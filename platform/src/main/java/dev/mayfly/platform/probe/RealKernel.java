package dev.mayfly.platform.probe;

import dev.mayfly.platform.linux.CallResult;
import dev.mayfly.platform.linux.Libc;
import dev.mayfly.platform.linux.OpenFlag;
import dev.mayfly.platform.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

final class RealKernel implements HostKernel {
    /** _IO(0xAE, 0x00), include/uapi/linux/kvm.h. */
    private static final long KVM_GET_API_VERSION = 0xAE00;

    @Override
    public boolean superUser() {
        return Libc.effectiveUserId() == 0;
    }

    @Override
    public CallResult landlockAbi() {
        return Syscalls.landlockAbi();
    }

    @Override
    public CallResult seccompAction(int action) {
        return Syscalls.seccompActionAvailable(action);
    }

    @Override
    public CallResult seccompNotification() {
        return Syscalls.seccompNotificationSize();
    }

    @Override
    public CallResult bpfMap() {
        CallResult made = Syscalls.bpfArrayMap();
        if (made.ok()) {
            Libc.close((int) made.value());
        }
        return made;
    }

    @Override
    public CallResult kvmVersion(Path device) {
        CallResult opened = Libc.open(device.toString(), OpenFlag.RDWR, 0);
        if (!opened.ok()) {
            return opened;
        }
        try {
            return Libc.ioctl((int) opened.value(), KVM_GET_API_VERSION, 0);
        } finally {
            Libc.close((int) opened.value());
        }
    }

    @Override
    public CallResult open(Path device) {
        CallResult opened = Libc.open(device.toString(), OpenFlag.RDWR | OpenFlag.NONBLOCK, 0);
        if (opened.ok()) {
            Libc.close((int) opened.value());
        }
        return opened;
    }

    @Override
    public CallResult reflink(Path folder) {
        Path source =
                folder.resolve(".doctor-reflink-" + ProcessHandle.current().pid() + "-a");
        Path target =
                folder.resolve(".doctor-reflink-" + ProcessHandle.current().pid() + "-b");
        try {
            // A whole block, since file systems share blocks, not bytes.
            Files.write(source, new byte[65536]);
            return clone(source, target);
        } catch (IOException e) {
            return new CallResult(-1, dev.mayfly.platform.linux.Errno.EACCES);
        } finally {
            delete(source);
            delete(target);
        }
    }

    private static CallResult clone(Path source, Path target) {
        CallResult from = Libc.open(source.toString(), OpenFlag.RDONLY, 0);
        if (!from.ok()) {
            return from;
        }
        CallResult to = Libc.open(target.toString(), OpenFlag.WRONLY | OpenFlag.CREAT | OpenFlag.EXCL, 0600);
        if (!to.ok()) {
            Libc.close((int) from.value());
            return to;
        }
        try {
            return Syscalls.reflink((int) to.value(), (int) from.value());
        } finally {
            Libc.close((int) from.value());
            Libc.close((int) to.value());
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            file.toFile().deleteOnExit();
        }
    }
}
