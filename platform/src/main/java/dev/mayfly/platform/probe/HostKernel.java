package dev.mayfly.platform.probe;

import dev.mayfly.platform.linux.CallResult;
import java.nio.file.Path;

/** Questions that only the kernel can answer. Only asked when the host says that it runs Linux. */
public interface HostKernel {
    boolean superUser();

    CallResult landlockAbi();

    /** @param action SECCOMP_RET_* */
    CallResult seccompAction(int action);

    CallResult seccompNotification();

    /** Tries to make a small BPF map. */
    CallResult bpfMap();

    /** KVM_GET_API_VERSION of this device. */
    CallResult kvmVersion(Path device);

    /** Tries to open a device for reading and writing. */
    CallResult open(Path device);

    /** Tries to make one file of this folder share its data with another. */
    CallResult reflink(Path folder);
}
