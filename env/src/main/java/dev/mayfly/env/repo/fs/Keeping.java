package dev.mayfly.env.repo.fs;

/** How a repository keeps what it is given. */
public enum Keeping {
    /** A file for each payload and object, as SPFS reads and writes them. */
    FILES("files"),
    /** In packs, which SPFS does not know: for repositories that only this program uses. */
    PACKS("packs");

    private final String word;

    Keeping(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }
}
