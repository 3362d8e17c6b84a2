package dev.mayfly.env.library;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.env.edit.Diff;
import dev.mayfly.env.fake.Graphs;
import dev.mayfly.env.fake.MemoryRepository;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.spec.Resolved;
import dev.mayfly.env.spec.Resolver;
import dev.mayfly.env.spec.SpecLoader;
import dev.mayfly.env.view.View;
import dev.mayfly.env.view.ViewBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class LibraryViewsTest {
    private static Library library(MemoryRepository repository) {
        return library(repository, new RecentViews());
    }

    private static Library library(MemoryRepository repository, RecentViews recent) {
        return new Library(
                repository, new Resolver(List.of(repository), new SpecLoader()), "somebody@somewhere", recent);
    }

    @Test
    void one_layer_more_is_put_over_the_view_that_is_known_and_shows_the_same() {
        int over = 0;
        for (long seed = 0; seed < 40; seed++) {
            MemoryRepository repository = new MemoryRepository("one");
            Digest top = new Graphs(seed).into(repository);
            Library knowing = library(repository);
            List<Resolved.Found> layers = knowing.flatten(List.of(top));
            View before = knowing.view(layers.subList(0, 1));
            for (int count = 2; count <= layers.size(); count++) {
                View view = knowing.view(layers.subList(0, count));
                View anew =
                        library(repository).builder(layers.subList(0, count)).build();

                assertThat(Diff.between(anew, view)).as("seed %d", seed).isEmpty();
                assertThat(view.count()).isEqualTo(anew.count());
                over += view.isOver(before) ? 1 : 0;
                before = view;
            }
        }
        assertThat(over).isGreaterThan(10);
    }

    @Test
    void a_stack_that_was_asked_for_just_now_is_not_read_again() {
        MemoryRepository repository = new MemoryRepository("one");
        Digest top = new Graphs(1).into(repository);
        Library library = library(repository);
        List<Resolved.Found> layers = library.flatten(List.of(top));

        assertThat(library.view(layers)).isSameAs(library.view(layers));
        assertThat(library(repository).view(layers)).isNotSameAs(library.view(layers));
    }

    @Test
    void what_one_library_has_stacked_another_puts_a_layer_over() {
        MemoryRepository repository = new MemoryRepository("one");
        Digest top = new Graphs(3).into(repository);
        RecentViews recent = new RecentViews();
        Library first = library(repository, recent);
        List<Resolved.Found> layers = first.flatten(List.of(top));

        assertThat(library(repository, recent).view(layers)).isSameAs(first.view(layers));
    }

    @Test
    void only_the_views_that_were_asked_for_last_are_kept() {
        RecentViews views = new RecentViews();
        for (byte i = 0; i < 5; i++) {
            views.keep(List.of(Digest.of(new byte[] {i})), view());
            assertThat(views.find(List.of(Digest.of(new byte[] {0})))).isPresent();
        }
        // 0 was asked for all the time, so 1 was the first to go.
        assertThat(views.find(List.of(Digest.of(new byte[] {1})))).isEmpty();
        assertThat(views.find(List.of(Digest.of(new byte[] {2})))).isPresent();
        assertThat(views.find(List.of())).isEmpty();
    }

    private static View view() {
        ViewBuilder builder = new ViewBuilder();
        builder.root().mode(FileMode.DIRECTORY | 0755);
        return builder.build();
    }
}
