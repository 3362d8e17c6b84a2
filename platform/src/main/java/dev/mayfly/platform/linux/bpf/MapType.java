package dev.mayfly.platform.linux.bpf;

/** Kinds of maps, with their numbers in enum bpf_map_type. */
public enum MapType {
    HASH(1),
    ARRAY(2),
    /** Values are descriptors of other maps, all of one shape. */
    HASH_OF_MAPS(13),
    SOCKMAP(15);

    private final int number;

    MapType(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
