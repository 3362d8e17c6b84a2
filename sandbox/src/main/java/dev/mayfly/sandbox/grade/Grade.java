package dev.mayfly.sandbox.grade;

import dev.mayfly.sandbox.api.Verdict;
import java.util.List;

/** @param reasons one sentence for each rule that gave points and for each floor, in the order of the rules */
public record Grade(int riskScore, Verdict verdict, List<String> reasons) {
    public Grade {
        reasons = List.copyOf(reasons);
    }
}
