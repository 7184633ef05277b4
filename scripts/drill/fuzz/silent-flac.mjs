// Sound that takes next to nothing: FLAC frames of one constant, 15 to 18 bytes for 65,535 samples (RFC 9639).

/** A FLAC that does not say how long it is and holds so many frames at 16 kHz. @param {number} frames */
export function silentFlac(frames) {
  const info = Buffer.alloc(42);
  info.write("fLaC");
  info.writeUInt32BE(0x80000022, 4); // the last block of metadata: STREAMINFO, 34 bytes
  info.writeUInt16BE(65_535, 8);
  info.writeUInt16BE(65_535, 10);
  info.writeUInt32BE((16_000 << 12) | (15 << 4), 18); // one channel, 16 bits, an unknown number of samples
  return new Uint8Array(Buffer.concat([info, ...Array.from({ length: frames }, (_, i) => frame(i))]));
}

/** @param {number} number */
function frame(number) {
  const value = number % 2 === 0 ? 1000 : -1000; // not digital silence, which is refused for what it is
  // Sync and fixed size; the size is below, 16 kHz; one channel of 16 bits; its number; 65,535 samples.
  const head = [
    0xff,
    0xf8,
    0x75,
    0x08,
    ...new TextEncoder().encode(String.fromCodePoint(number % 0xd000)),
    0xff,
    0xfe,
  ];
  const body = [...head, crc(head, 8, 0x07), 0x00, (value >> 8) & 255, value & 255];
  const sum = crc(body, 16, 0x8005);
  return Buffer.from([...body, sum >> 8, sum & 255]);
}

/**
 * The checksums of a FLAC frame: no reflection, beginning with 0.
 * @param {readonly number[]} bytes
 * @param {number} bits
 * @param {number} polynomial
 */
function crc(bytes, bits, polynomial) {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << (bits - 8);
    for (let i = 0; i < 8; i++) sum = (sum << 1) ^ ((sum >> (bits - 1)) & 1 ? polynomial : 0);
    sum &= 2 ** bits - 1;
  }
  return sum;
}
