package dev.mayfly.mesh.demo;

import java.util.List;
import java.util.Optional;

/**
 * One fault, and what was said of it.
 *
 * @param component that is at fault, as the controller calls it
 * @param found what the controller blamed; empty when it blamed nothing in time
 * @param suspectedSeconds from the beginning of the fault until anything was suspected
 * @param locatedSeconds until the right component had an incident
 * @param others incidents that began meanwhile and are of something else
 * @param why of the incident
 */
public record Trial(
        FaultKind kind,
        String component,
        String fault,
        Optional<String> found,
        Optional<String> foundFault,
        Optional<Double> suspectedSeconds,
        Optional<Double> locatedSeconds,
        List<String> others,
        String why,
        boolean over) {
    public Trial {
        others = List.copyOf(others);
    }

    /** The right component, the right class, and nothing else of the network. A host here may really have been busy. */
    public boolean right() {
        return found.filter(component::equals).isPresent()
                && foundFault.filter(fault::equals).isPresent()
                && others.stream().allMatch(other -> other.startsWith(Demo.HOST));
    }
}
