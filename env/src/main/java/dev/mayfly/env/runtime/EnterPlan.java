package dev.mayfly.env.runtime;

import dev.mayfly.env.runtime.RunRequest.Command;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** What {@code mayfly-enter} is told: a length of 32 bits, little-endian, and pairs of texts that end with NUL. */
final class EnterPlan {
    private final ByteArrayOutputStream pairs = new ByteArrayOutputStream();

    private EnterPlan() {}

    static byte[] run(RunRequest request, Path folder) {
        EnterPlan plan = new EnterPlan();
        plan.put("mode", "run");
        plan.common(request.id(), folder, request.target(), request.ownUserNamespace(), request.command());
        plan.put("lower", request.view().toString());
        request.space().ifPresent(holder -> {
            plan.put("space", Long.toString(holder.pid()));
            plan.put("space-start", Long.toString(holder.start()));
        });
        switch (request.editing()) {
            case Editing.None none -> plan.put("edit", "none");
            case Editing.OnDisk disk -> plan.put("edit", "disk");
            case Editing.InMemory memory -> {
                plan.put("edit", "memory");
                plan.put("bytes", Long.toString(memory.bytes()));
                plan.put("inodes", Long.toString(memory.inodes()));
            }
        }
        for (LiveBind bind : request.binds()) {
            plan.put("bind-root", bind.root().toString());
            plan.put("bind-writable", bind.writable() ? "yes" : "no");
            plan.put("bind-from", bind.from());
            plan.put("bind-to", bind.to());
        }
        return plan.bytes();
    }

    static byte[] join(RuntimeRecord record, Keeper keeper, Path folder, Command command) {
        EnterPlan plan = new EnterPlan();
        plan.put("mode", "join");
        plan.common(record.id(), folder, record.target(), record.ownUserNamespace(), command);
        plan.put("keeper", Long.toString(keeper.pid()));
        plan.put("keeper-start", Long.toString(keeper.start()));
        return plan.bytes();
    }

    /** What an entrance that asked is told when nothing is to be run. */
    static byte[] refusal(int exitCode, String error) {
        EnterPlan plan = new EnterPlan();
        plan.put("exit", Integer.toString(exitCode));
        plan.put("error", error.replace('\0', '?'));
        return plan.bytes();
    }

    /** What an entrance that asked is told when it is to do without us. */
    static byte[] elsewhere() {
        EnterPlan plan = new EnterPlan();
        plan.put("elsewhere", "yes");
        return plan.bytes();
    }

    private void common(RuntimeId id, Path folder, Path target, boolean ownUserNamespace, Command command) {
        put("id", id.text());
        put("folder", folder.toString());
        put("target", target.toString());
        put("rootless", ownUserNamespace ? "yes" : "no");
        put("cwd", command.directory().toString());
        put("uid", Integer.toUnsignedString(command.identity().uid()));
        put("gid", Integer.toUnsignedString(command.identity().gid()));
        command.identity().groups().forEach(group -> put("group", Integer.toUnsignedString(group)));
        put("no-new-privs", command.noNewPrivileges() ? "yes" : "no");
        if (command.startScripts()) {
            put("startup", target.resolve(Runtimes.STARTUP).toString());
        }
        command.words().forEach(word -> put("arg", word));
        command.environment().forEach((name, value) -> {
            if (!name.equals("SPFS_RUNTIME") && !name.equals("MAYFLY_RUNTIME")) {
                put("env", name + "=" + value);
            }
        });
        put("env", "SPFS_RUNTIME=" + id);
        put("env", "MAYFLY_RUNTIME=" + id);
    }

    /** @throws IllegalArgumentException when the value has a NUL, which no argument of a program can have */
    private void put(String key, String value) {
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(key + " has a NUL in it");
        }
        pairs.writeBytes((key + '\0' + value + '\0').getBytes(StandardCharsets.UTF_8));
    }

    private byte[] bytes() {
        return ByteBuffer.allocate(4 + pairs.size())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(pairs.size())
                .put(pairs.toByteArray())
                .array();
    }
}
