package dev.mayfly.e2e.faults;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Judges what a campaign left behind: nothing lost, one answer for one id, no job in two boxes at once, nothing with
 * effects run twice, no dead letter but what deserves it.
 */
final class Verdict {
    private final List<Job> accepted;
    private final Map<String, Row> byTag = new HashMap<>();
    private final List<String> wrong = new ArrayList<>();
    private final Runs runs;
    private final List<String> effects;

    /** @param effects lines {@code start <tag>} and {@code end <tag>} that jobs wrote to the host */
    Verdict(List<Job> accepted, List<Row> ledger, Runs runs, List<String> effects) {
        this.accepted = accepted;
        this.runs = runs;
        this.effects = effects;
        for (Row row : ledger) {
            Row other = row.tag().isEmpty() ? null : byTag.put(row.tag(), row);
            if (other != null) {
                wrong.add(row.tag() + " has two rows: " + other + " and " + row);
            }
        }
    }

    Map<String, Row> byTag() {
        return byTag;
    }

    void nothingIsLost() {
        for (Job job : accepted) {
            Row row = byTag.get(job.tag());
            if (job.kind() == Job.Kind.MALFORMED) {
                continue;
            }
            if (row == null || !row.isFinal() || row.answer().isEmpty()) {
                wrong.add("lost: " + job.tag() + " " + job.kind() + ": " + row);
            }
        }
    }

    /**
     * Every accepted job was done, but for effectful ones whose worker died over them. A run that came to its end left its
     * answer in the home of its worker: only a worker of another home may not know it.
     */
    void everythingEndsAsItShould(boolean oneHome, int kills, int slots) {
        for (Job job : accepted) {
            Row row = byTag.get(job.tag());
            if (row == null || job.kind() == Job.Kind.MALFORMED) {
                continue;
            }
            boolean ended = runs.of(row.id()).stream().anyMatch(Runs.Run::ended);
            boolean unknown =
                    job.kind() == Job.Kind.EFFECTFUL && row.state().equals("indeterminate") && !(ended && oneHome);
            if (!row.state().equals("done") && !unknown) {
                wrong.add("a strange end: " + row + " after " + runs.of(row.id()));
            }
        }
        if (inState("indeterminate") > (long) kills * slots) {
            wrong.add("more unknown ends than jobs can have been cut short: " + inState("indeterminate"));
        }
    }

    void nothingRunsTwiceAtOnce(List<String> seenByTheWatch) {
        runs.concurrent().forEach(pair -> wrong.add("at once: " + pair));
        seenByTheWatch.forEach(pair -> wrong.add("at once: " + pair));
    }

    /** What a job prints begins with its tag, and its result names it. */
    void answersAreTheJobsOwn() {
        for (Job job : accepted) {
            Row row = byTag.get(job.tag());
            boolean prints = job.kind() == Job.Kind.QUICK || job.kind() == Job.Kind.SLOW;
            if (row != null
                    && row.state().equals("done")
                    && !(row.answer().contains("\"run_id\":\"" + row.id() + "\"")
                            && (!prints || row.answer().contains("\"stdout\":\"" + job.tag())))) {
                wrong.add("the answer of another job: " + row + " after " + runs.of(row.id()));
            }
        }
    }

    void effectsHappenOnce() {
        Map<String, Integer> starts = new HashMap<>();
        Map<String, Integer> ends = new HashMap<>();
        for (String line : effects) {
            (line.startsWith("start ") ? starts : ends).merge(Job.tagIn(line), 1, Integer::sum);
        }
        starts.forEach((tag, count) -> {
            if (count > 1) {
                wrong.add("effects of " + tag + " " + count + " times: " + byTag.get(tag));
            }
        });
        for (Job job : accepted) {
            Row row = byTag.get(job.tag());
            if (job.kind() == Job.Kind.EFFECTFUL
                    && row != null
                    && row.state().equals("done")
                    && (starts.getOrDefault(job.tag(), 0) != 1 || ends.getOrDefault(job.tag(), 0) != 1)) {
                wrong.add("done without its effects: " + row);
            }
        }
    }

    void deadLettersDeserveIt(List<String> letters) {
        for (String letter : letters) {
            Row row = byTag.get(Job.tagIn(letter));
            boolean malformed = letter.contains("no_such_member");
            boolean unknown = row != null && row.state().equals("indeterminate");
            if (!malformed && !unknown) {
                wrong.add("a dead letter that should not be one: " + letter + " " + row);
            }
        }
        for (Job job : accepted) {
            if (job.kind() == Job.Kind.MALFORMED && letters.stream().noneMatch(letter -> letter.contains(job.tag()))) {
                wrong.add("lost: malformed and no dead letter: " + job.tag());
            }
        }
    }

    /** Whatever was told under one name is one text, and under the job's own name it is the ledger's. */
    void everybodyHearsTheSame(Map<String, Set<String>> heard) {
        heard.forEach((name, texts) -> {
            if (texts.size() > 1) {
                wrong.add("different answers for " + name + ": " + texts);
            }
        });
        for (Row row : byTag.values()) {
            for (String text : heard.getOrDefault(row.id(), Set.of())) {
                replyIs(row, text);
            }
        }
    }

    void replyIs(Row row, String text) {
        if (row.state().equals("done") && !text.equals(row.answer())) {
            wrong.add("told otherwise than kept: " + row + " and " + text);
        }
    }

    void add(String what) {
        wrong.add(what);
    }

    List<String> wrong() {
        return wrong;
    }

    long inState(String state) {
        return byTag.values().stream().filter(row -> row.state().equals(state)).count();
    }

    long claimedMoreThanOnce() {
        return byTag.values().stream().filter(row -> row.fence() > 1).count();
    }
}
