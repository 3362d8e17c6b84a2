package dev.mayfly.env.runtime;

import dev.mayfly.env.object.Digest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A runtime to be, and its command.
 *
 * @param stack as the user named it, digests from bottom to top
 * @param layers the stack flattened, from bottom to top
 * @param frontEnd the word of what shows the view, for people
 * @param view a folder that shows it: a mount or a rendered tree; real, without links on the way
 * @param target where the command sees it
 * @param ownUserNamespace for users who are not root: their own user namespace, in which they may mount
 * @param space the process in whose namespaces the view is, when it is not in those of this process; a runtime of
 *     {@code ownUserNamespace} is made in its user namespace then
 */
public record RunRequest(
        RuntimeId id,
        List<Digest> stack,
        List<Digest> layers,
        String frontEnd,
        Path view,
        Path target,
        Editing editing,
        List<LiveBind> binds,
        boolean ownUserNamespace,
        Optional<LiveProcess> space,
        Command command) {
    public RunRequest {
        if (space.isPresent() && !ownUserNamespace) {
            throw new IllegalArgumentException("a view in another namespace is shown in its user namespace");
        }
        stack = List.copyOf(stack);
        layers = List.copyOf(layers);
        binds = List.copyOf(binds);
    }

    /** Of a view that is to be seen here. */
    public RunRequest(
            RuntimeId id,
            List<Digest> stack,
            List<Digest> layers,
            String frontEnd,
            Path view,
            Path target,
            Editing editing,
            List<LiveBind> binds,
            boolean ownUserNamespace,
            Command command) {
        this(id, stack, layers, frontEnd, view, target, editing, binds, ownUserNamespace, Optional.empty(), command);
    }

    /**
     * @param words the program and its arguments; searched on the PATH of the environment given
     * @param environment all of it; the runtime adds its own variables
     * @param startScripts whether scripts of the environment run before it, see {@link Runtimes#STARTUP}
     * @param noNewPrivileges forbids to gain rights by set-user-id programs (prctl(2), PR_SET_NO_NEW_PRIVS)
     */
    public record Command(
            List<String> words,
            Map<String, String> environment,
            Path directory,
            Identity identity,
            boolean startScripts,
            boolean noNewPrivileges) {
        public Command {
            words = List.copyOf(words);
            environment = Map.copyOf(environment);
            if (words.isEmpty()) {
                throw new IllegalArgumentException("a command has at least a program");
            }
        }
    }
}
