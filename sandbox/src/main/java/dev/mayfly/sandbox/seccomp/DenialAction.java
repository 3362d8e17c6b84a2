package dev.mayfly.sandbox.seccomp;

/** What the kernel does with a call that a profile denies. */
public enum DenialAction {
    /** SECCOMP_RET_USER_NOTIF: the holder of the listener records the call and answers EPERM. */
    NOTIFY(0x7fc00000),
    /** SECCOMP_RET_ERRNO with EPERM: the call fails unseen. For back ends that cannot hold a listener. */
    EPERM(0x00050000 | 1);

    private final int returnValue;

    DenialAction(int returnValue) {
        this.returnValue = returnValue;
    }

    int returnValue() {
        return returnValue;
    }
}
