/** A square picture in one colour, as a Windows bitmap: a header and the pixels. */
export function bitmap(width: number, [red, green, blue]: [number, number, number]): Uint8Array {
  const row = Math.ceil((width * 3) / 4) * 4;
  const bytes = Buffer.alloc(54 + row * width);
  bytes.write('BM', 'latin1');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10); // where the pixels start
  bytes.writeUInt32LE(40, 14); // the size of the second header
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(width, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28); // bits of a pixel
  for (let y = 0; y < width; y++) {
    for (let x = 0; x < width; x++) {
      bytes.set([blue, green, red], 54 + y * row + x * 3);
    }
  }
  return bytes;
}
