/** Where a byte stands that belongs to no character; line and column (in characters) from 1. */
export interface InvalidByte {
  readonly line: number;
  readonly column: number;
  readonly byte: number;
}

const lineFeed = 0x0a;

/** The first byte that is not UTF-8 (RFC 3629: no overlong forms, no surrogates), if there is one. */
export function findInvalidByte(bytes: Uint8Array): InvalidByte | undefined {
  let line = 1;
  let column = 1;
  let place = 0;
  while (place < bytes.length) {
    const first = bytes[place] ?? 0;
    const length = characterLength(bytes, place, first);
    if (length === 0) return { line, column, byte: first };
    if (first === lineFeed) {
      line += 1;
      column = 1;
    } else {
      column += 1;
    }
    place += length;
  }
  return undefined;
}

/** Bytes of the character that begins at `place`, or 0 where none does. */
function characterLength(bytes: Uint8Array, place: number, first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const second = bytes[place + 1] ?? 0;
  const [low, high] = secondRange(first);
  if (second < low || second > high) return 0;
  for (let next = 2; next < length; next += 1) {
    const byte = bytes[place + next] ?? 0;
    if (byte < 0x80 || byte > 0xbf) return 0;
  }
  return length;
}

function secondRange(first: number): readonly [number, number] {
  switch (first) {
    case 0xe0:
      return [0xa0, 0xbf];
    case 0xed:
      return [0x80, 0x9f];
    case 0xf0:
      return [0x90, 0xbf];
    case 0xf4:
      return [0x80, 0x8f];
    default:
      return [0x80, 0xbf];
  }
}
