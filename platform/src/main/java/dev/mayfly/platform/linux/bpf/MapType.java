package dev.mayfly.platform.linux.bpf;

/** Kinds of maps, with their numbers in enum bpf_map_type. */
public enum MapType {
    HASH(1),
    ARRAY(2),
    /** Values are descriptors of other maps, all of one shape. */
    HASH_OF_MAPS(13),
    /** As {@link #HASH}, but the entry that was used least goes when it is full. */
    LRU_HASH(9),
    SOCKMAP(15),
    /** Records in the order of their making, read through {@link RingBuffer}. */
    RING_BUFFER(27);

    private final int number;

    MapType(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
