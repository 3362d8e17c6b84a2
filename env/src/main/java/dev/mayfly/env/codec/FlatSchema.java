package dev.mayfly.env.codec;

/** Numbers of fields and members of unions in the FlatBuffers schema of SPFS. */
final class FlatSchema {
    static final int ANY_TYPE = 0;
    static final int ANY_OBJECT = 1;

    static final int TYPE_PLATFORM = 1;
    static final int TYPE_LAYER = 2;
    static final int TYPE_MANIFEST = 3;
    static final int TYPE_BLOB = 4;

    static final int PLATFORM_LAYERS = 0;

    static final int LAYER_MANIFEST = 0;
    static final int LAYER_ANNOTATIONS = 1;

    static final int MANIFEST_TREES = 0;

    static final int BLOB_SIZE = 0;
    static final int BLOB_PAYLOAD = 1;

    static final int TREE_ENTRIES = 0;

    static final int ENTRY_KIND = 0;
    static final int ENTRY_OBJECT = 1;
    static final int ENTRY_MODE = 2;
    static final int ENTRY_SIZE = 3;
    static final int ENTRY_NAME = 4;
    static final int ENTRY_FIELDS = 5;

    static final int ANNOTATION_KEY = 0;
    static final int ANNOTATION_TYPE = 1;
    static final int ANNOTATION_DATA = 2;
    static final int ANNOTATION_FIELDS = 3;

    static final int VALUE_STRING = 1;
    static final int VALUE_DIGEST = 2;

    /** Both tables that stand for a value have one field. */
    static final int VALUE = 0;

    private FlatSchema() {}

    static int type(ObjectKind kind) {
        return switch (kind) {
            case PLATFORM -> TYPE_PLATFORM;
            case LAYER -> TYPE_LAYER;
            case MANIFEST -> TYPE_MANIFEST;
            case BLOB -> TYPE_BLOB;
        };
    }
}
