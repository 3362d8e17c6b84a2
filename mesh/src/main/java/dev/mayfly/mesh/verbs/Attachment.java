package dev.mayfly.mesh.verbs;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.platform.linux.Machine;
import dev.mayfly.platform.linux.bpf.Bpf;
import dev.mayfly.platform.linux.bpf.BpfDescriptor;
import dev.mayfly.platform.linux.bpf.Uprobe;
import dev.mayfly.platform.linux.elf.ElfSymbols;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Probes on one copy of the library. The first two functions must be in it. */
final class Attachment implements AutoCloseable {
    static final String CHANGE = "ibv_modify_qp";
    static final String DESTROY = "ibv_destroy_qp";
    static final String CREATE = "ibv_create_qp";

    private final List<BpfDescriptor> owned = new ArrayList<>();

    private Attachment() {}

    /**
     * Attaches to a file, unless it has no such functions.
     *
     * @param number that its events carry
     * @throws MayflyException when the kernel refuses
     * @throws IOException when the file cannot be read or is no ELF file
     */
    static Optional<Attachment> open(Path file, int number, VerbsProgram.Maps maps) throws IOException {
        Map<String, Long> places = ElfSymbols.offsets(file, Set.of(CHANGE, DESTROY, CREATE));
        Long change = places.get(CHANGE);
        Long destroy = places.get(DESTROY);
        if (change == null || destroy == null) {
            return Optional.empty();
        }
        Machine machine = Machine.current();
        Attachment attachment = new Attachment();
        try {
            Long create = places.get(CREATE);
            if (create != null) {
                attachment.probe("mf_create_qp", VerbsProgram.created(machine, maps, number), file, create, true);
            }
            attachment.probe("mf_destroy_qp", VerbsProgram.destroyed(machine, maps, number), file, destroy, false);
            attachment.probe("mf_modify_qp", VerbsProgram.changed(machine, maps, number), file, change, false);
            return Optional.of(attachment);
        } catch (RuntimeException e) {
            attachment.close();
            throw e;
        }
    }

    private void probe(String name, byte[] program, Path file, long offset, boolean onReturn) {
        BpfDescriptor loaded = Bpf.loadProbe(name, program);
        owned.add(loaded);
        owned.add(Uprobe.attach(loaded, file, offset, onReturn));
    }

    @Override
    public void close() {
        owned.reversed().forEach(BpfDescriptor::close);
    }
}
