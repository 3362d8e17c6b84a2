package dev.mayfly.env.gc;

/**
 * What a collection did.
 *
 * @param reached digests that something reaches
 * @param discarded contents that went to the trash in files of their own
 * @param packs packs that went there
 * @param rewritten packs whose live contents were copied to new ones before
 * @param revived contents that came back, because somebody wanted them meanwhile
 * @param purged generations of trash that are gone for good
 */
public record CollectReport(long reached, long discarded, long packs, long rewritten, long revived, long purged) {}
