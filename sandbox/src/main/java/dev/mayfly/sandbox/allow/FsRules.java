package dev.mayfly.sandbox.allow;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * What the file system part of a policy gives.
 *
 * <p>{@code /tmp} and {@code /workspace} are private to each run and vanish with it. {@code allow} says where the files
 * of a request may be put (in {@code /workspace} always) and which folders of the host a request may ask for, to write
 * there; {@code readonly} is always visible and never written, and wins where the two meet.
 */
public record FsRules(List<FsPattern> allow, List<FsPattern> readonly) {
    private static final FsPattern WORKSPACE = new FsPattern("/workspace", true);
    private static final FsPattern TMP = new FsPattern("/tmp", true);

    public FsRules {
        allow = List.copyOf(allow);
        readonly = List.copyOf(readonly);
    }

    /** Lies in a folder that each run has for itself. */
    public static boolean isPrivate(FsPattern pattern) {
        return WORKSPACE.covers(pattern) || TMP.covers(pattern);
    }

    /** Whether the request may put a file at this normalised absolute path. */
    public boolean permitsFile(String path) {
        boolean inWorkspace = WORKSPACE.covers(path) && !path.equals("/workspace");
        boolean inTmp = TMP.covers(path) && !path.equals("/tmp") && covered(allow, path);
        return (inWorkspace || inTmp) && !covered(readonly, path);
    }

    private static boolean covered(List<FsPattern> patterns, String path) {
        return patterns.stream().anyMatch(pattern -> pattern.covers(path));
    }

    /** The wishes that this policy does not give in full. */
    public List<FsPattern> notGiven(Collection<FsPattern> asked) {
        return asked.stream().filter(wish -> !gives(wish)).toList();
    }

    private boolean gives(FsPattern wish) {
        boolean given = WORKSPACE.covers(wish) || allow.stream().anyMatch(rule -> rule.covers(wish));
        return given && readonly.stream().noneMatch(rule -> rule.covers(wish));
    }

    /** Host paths that the run sees: what is asked for and given, and all that is read-only; parents come first. */
    public List<WantedBind> binds(Collection<FsPattern> asked) {
        TreeMap<String, WantedBind> binds = new TreeMap<>();
        for (FsPattern wish : asked) {
            for (FsPattern rule : allow) {
                rule.intersect(wish)
                        .filter(common -> !isPrivate(common))
                        .filter(common -> readonly.stream().noneMatch(fixed -> fixed.covers(common)))
                        .ifPresent(common -> binds.merge(
                                common.path(),
                                new WantedBind(common, true, outermost(common)),
                                (a, b) -> a.place().subtree() ? a : b));
            }
        }
        for (FsPattern pattern : readonly) {
            if (!isPrivate(pattern)) {
                binds.put(pattern.path(), new WantedBind(pattern, false, outermost(pattern)));
            }
        }
        return List.copyOf(binds.values());
    }

    private FsPattern outermost(FsPattern place) {
        return allow.stream()
                .filter(rule -> !isPrivate(rule) && rule.covers(place))
                .min(Comparator.comparingInt(rule -> rule.path().length()))
                .orElse(place);
    }
}
