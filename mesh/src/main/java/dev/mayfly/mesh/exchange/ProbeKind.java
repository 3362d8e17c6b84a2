package dev.mayfly.mesh.exchange;

/** Why a card is probed. */
public enum ProbeKind {
    /** Both are at one switch: tells cards from the fabric. */
    TOR_MESH,
    /** They are at different switches: crosses the fabric. */
    INTER_TOR,
    /** A service sends there, from the same port: takes the path of its frames. */
    SERVICE
}
