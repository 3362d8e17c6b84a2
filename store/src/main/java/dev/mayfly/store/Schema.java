package dev.mayfly.store;

import java.util.List;
import java.util.Objects;

/** All migrations of one store, the first one first. */
public record Schema(String name, List<Migration> migrations) {
    public Schema {
        Objects.requireNonNull(name, "name");
        migrations = List.copyOf(migrations);
        for (int i = 0; i < migrations.size(); i++) {
            if (migrations.get(i).number() != i + 1) {
                throw new IllegalArgumentException("migrations of " + name + " must be numbered 1, 2, 3, …: \""
                        + migrations.get(i).name() + "\" stands at place " + (i + 1) + " with number "
                        + migrations.get(i).number());
            }
        }
    }

    public static Schema of(String name, Migration... migrations) {
        return new Schema(name, List.of(migrations));
    }

    public int version() {
        return migrations.size();
    }
}
