package dev.mayfly.env.view;

import dev.mayfly.env.object.Entry;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.Tree;
import java.util.List;

/**
 * Layers on top of each other. The higher entry wins by its name: a directory over a directory joins with it and gives it
 * its mode, a directory over anything else begins empty, a file or link takes the place of everything, and a mask takes away
 * everything, each with all that lies below it.
 *
 * <p>What an entry is follows from its kind. The type in its mode comes from whoever wrote the layer, and may say that a file
 * is a directory or a device; it only tells links from files.
 */
public final class Stack {
    /** Above this what is copied for each layer costs more than a sorted map for each folder. */
    private static final int FEW = 8;

    private Stack() {}

    /** @param layers from bottom to top */
    public static View view(List<Manifest> layers) {
        return builder(layers).build();
    }

    /** The same, sooner for one layer or a few: it is done layer by layer, each over all that is below. */
    public static View pile(List<Manifest> layers) {
        if (layers.size() > FEW) {
            return view(layers);
        }
        View view = view(List.of());
        for (Manifest layer : layers) {
            view = over(view, layer);
        }
        return view;
    }

    /** One more layer over a view, which stays as it is. Takes time for what the layer has, and little for the rest. */
    public static View over(View below, Manifest layer) {
        return new Overlay(below, layer).view();
    }

    /** The same, for who puts more into it. */
    public static ViewBuilder builder(List<Manifest> layers) {
        ViewBuilder view = new ViewBuilder();
        for (Manifest layer : layers) {
            apply(layer, layer.root(), view.root());
        }
        return view;
    }

    private static void apply(Manifest layer, Tree tree, ViewBuilder.Node to) {
        for (Entry entry : tree.entries()) {
            switch (entry.kind()) {
                case BLOB -> to.file(entry.name(), FileMode.ofBlob(entry.mode()), entry.object(), entry.size());
                case TREE ->
                    apply(layer, layer.treeOf(entry), to.directory(entry.name(), FileMode.ofTree(entry.mode())));
                case MASK -> to.remove(entry.name());
            }
        }
    }
}
