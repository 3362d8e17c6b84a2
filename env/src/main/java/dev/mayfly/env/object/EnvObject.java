package dev.mayfly.env.object;

/** What a repository keeps under a digest besides payloads. */
public sealed interface EnvObject permits Blob, Manifest, Layer, Platform {}
