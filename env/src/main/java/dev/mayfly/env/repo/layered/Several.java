package dev.mayfly.env.repo.layered;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.repo.Repository;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** Asks one repository after the other. */
final class Several {
    private final List<Repository> members;

    Several(Repository first, List<Repository> others) {
        List<Repository> all = new ArrayList<>();
        all.add(first);
        all.addAll(others);
        this.members = List.copyOf(all);
    }

    List<Repository> members() {
        return members;
    }

    /**
     * The first answer. One that fails does not keep the next ones from being asked; when none has an answer the first
     * failure is thrown, because "it is nowhere" would be a guess.
     */
    <T> Optional<T> first(Function<Repository, Optional<T>> question) {
        return first(members, question);
    }

    static <T> Optional<T> first(List<Repository> members, Function<Repository, Optional<T>> question) {
        List<MayflyException> failures = new ArrayList<>();
        for (Repository each : members) {
            try {
                Optional<T> answer = question.apply(each);
                if (answer.isPresent()) {
                    return answer;
                }
            } catch (MayflyException e) {
                failures.add(e);
            }
        }
        if (failures.isEmpty()) {
            return Optional.empty();
        }
        MayflyException first = failures.removeFirst();
        failures.forEach(first::addSuppressed);
        throw first;
    }

    boolean any(Predicate<Repository> question) {
        return first(each -> question.test(each) ? Optional.of(true) : Optional.<Boolean>empty())
                .isPresent();
    }

    void close() {
        List<RuntimeException> failures = new ArrayList<>();
        for (Repository each : members) {
            try {
                each.close();
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            RuntimeException first = failures.removeFirst();
            failures.forEach(first::addSuppressed);
            throw first;
        }
    }
}
