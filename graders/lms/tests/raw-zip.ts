/** Writes zips byte by byte, so that tests can make those that no honest program writes. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface RawEntry {
  /** Bytes for names that are not UTF-8: then the UTF-8 flag is off. */
  readonly name: string | Uint8Array;
  readonly content?: string | Uint8Array;
  /** Unix mode with the type bits, 0 for none. */
  readonly mode?: number;
  /** Added to the general purpose flags. */
  readonly flags?: number;
  readonly method?: number;
  /** What the directory says about the opened size and the checksum, when it lies. */
  readonly declaredBytes?: number;
  readonly declaredCrc?: number;
}

export function rawZip(entries: readonly RawEntry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { local, central } = records(entry, offset);
    locals.push(local);
    directory.push(central);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  return Buffer.concat([...locals, central, endOfDirectory(entries.length, central.length, offset)]);
}

/** A Zip64 archive that says it has so many entries, and has none. */
export function emptyZipClaiming(entryCount: number): Buffer {
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeUInt32LE(44, 4);
  record.writeUInt32LE(entryCount, 24);
  record.writeUInt32LE(entryCount, 32);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([record, locator, endOfDirectory(0xffff, 0xffffffff, 0xffffffff)]);
}

function records(entry: RawEntry, offset: number): { local: Buffer; central: Buffer } {
  const { content = '', mode = 0, flags = 0, method = 8 } = entry;
  const bytes = Buffer.from(content);
  const packed = method === 8 ? deflateRawSync(bytes) : bytes;
  const name = Buffer.from(entry.name);
  const fixed = Buffer.alloc(26);
  fixed.writeUInt16LE(20, 0);
  fixed.writeUInt16LE(flags | (typeof entry.name === 'string' ? 0x800 : 0), 2);
  fixed.writeUInt16LE(method, 4);
  fixed.writeUInt16LE(33, 8); // 1980-01-01
  fixed.writeUInt32LE(entry.declaredCrc ?? crc32(bytes), 10);
  fixed.writeUInt32LE(packed.length, 14);
  fixed.writeUInt32LE(entry.declaredBytes ?? bytes.length, 18);
  fixed.writeUInt16LE(name.length, 22);
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE((mode << 16) >>> 0, 6);
  tail.writeUInt32LE(offset, 10);
  return {
    local: Buffer.concat([Buffer.from('PK\u0003\u0004'), fixed, name, packed]),
    central: Buffer.concat([Buffer.from('PK\u0001\u0002'), Buffer.from([20, 3]), fixed, tail, name]),
  };
}

function endOfDirectory(entryCount: number, bytes: number, offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(entryCount, 8);
  end.writeUInt16LE(entryCount, 10);
  end.writeUInt32LE(bytes, 12);
  end.writeUInt32LE(offset, 16);
  return end;
}
