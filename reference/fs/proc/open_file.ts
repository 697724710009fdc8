/**
 * An open file of a tree that is made when it is read. Linux: fs/seq_file.c, fs/proc/inode.c, fs/kernfs/file.c.
 *
 *     read at 0    the text is made, and kept
 *     read on      its next part, whatever has happened meanwhile
 *     write        one write(2) is one order
 */
import { EBADF, EINVAL } from '../../include/errno.ts';
import { O_ACCMODE, O_RDONLY, O_WRONLY } from '../../include/fcntl.ts';
import type { FileOperations } from '../../kernel/files.ts';
import type { Process } from '../../kernel/process.ts';
import { bytesOf, textOf } from '../../lib/latin1.ts';

/** What can be done with such a file. */
export interface PseudoContent {
  /** @returns the text, or a negative errno */
  readonly read: (reader: Process) => string | number;
  /** @returns 0 or a negative errno */
  readonly write: (text: string, writer: Process) => number;
  /** A file that is no text, and may have no end; null: it is text. */
  readonly bytes: ((reader: Process, pos: number, len: number) => Uint8Array | number) | null;
  /** Not there: what is written has been done when it is written. Else orders live as long as the file is open. */
  readonly orders?: (opener: Process) => PseudoOrders;
}

/** What is written to a file while it is open. */
export interface PseudoOrders {
  /** @returns a negative errno, or 0 and more */
  write(text: string): number;
  /** POLL bits. */
  poll(): number;
  close(): void;
}

/** @param opener  whose rights were looked at: it reads and writes, whoever else has the file open */
export function openPseudoFile(node: PseudoContent, opener: Process, flags: number): FileOperations {
  const access = flags & O_ACCMODE;
  const orders: PseudoOrders | null = node.orders?.(opener) ?? null;
  let text: string | null = null;
  return {
    // Nobody can say how long it is, map it, or have it written to a disk.
    ...{ file: null, size: null, fsync: () => -EINVAL, truncate: () => 0 },
    read(pos, len) {
      if (access === O_WRONLY) return -EBADF;
      if (node.bytes !== null) return node.bytes(opener, pos, len);
      if (pos === 0 || text === null) {
        const made = node.read(opener);
        if (typeof made === 'number') return made;
        text = made;
      }
      return bytesOf(text.slice(pos, pos + len));
    },
    write(_, bytes) {
      if (access === O_RDONLY) return -EBADF;
      const line = textOf(bytes);
      const error = orders === null ? node.write(line, opener) : orders.write(line);
      return error < 0 ? error : bytes.length;
    },
    release: () => orders?.close(),
    ...(orders === null ? {} : { poll: () => orders.poll() }),
    ...(node.bytes === null ? { text: () => (access === O_WRONLY ? -EBADF : node.read(opener)) } : {}),
  };
}
