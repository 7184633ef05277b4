import { crc32, deflateRawSync } from "node:zlib";

/** An entry of an archive: a name as it shall stand there, hostile or not, and its content. */
export interface ZipEntry {
  readonly name: string;
  readonly data: Uint8Array;
  /** Unix file type and permissions; a regular file by default. */
  readonly mode?: number;
  /** A wrong CRC-32, to damage the entry. */
  readonly crc?: number;
  /** A wrong size: what the entry says that it unpacks to. */
  readonly declaredBytes?: number;
}

/** A zip archive written field by field (APPNOTE 6.3), because no honest writer makes hostile names. */
export function zipBytes(entries: readonly ZipEntry[]): Uint8Array {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data, mode = 0o100644, crc = crc32(data), declaredBytes = data.length } of entries) {
    const fileName = Buffer.from(name, "utf8");
    const packed = deflateRawSync(data);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(0x800, 2);
    shared.writeUInt16LE(8, 4);
    shared.writeUInt32LE(crc, 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(declaredBytes, 18);
    shared.writeUInt16LE(fileName.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), shared, fileName, packed]);
    const head = Buffer.alloc(6);
    head.write("PK\x01\x02", "latin1");
    head.writeUInt16LE(0x0314, 4);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((mode << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([head, shared, tail, fileName]));
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, central, end]);
}
