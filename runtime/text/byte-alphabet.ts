import { invariant } from "../../program/invariant.ts";

/** How many tokens the bytes alone are. */
export const byteCount = 256;

/**
 * The printable character that stands for each byte in the files of byte-level tokenizers (Radford et
 * al. 2019): itself where it is printable Latin-1, else the next free one from U+0100 on.
 */
const characters: readonly string[] = (() => {
  let next = 0x100;
  return Array.from({ length: byteCount }, (_, byte) => {
    const printable =
      (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    if (printable) return String.fromCharCode(byte);
    const character = String.fromCharCode(next);
    next += 1;
    return character;
  });
})();

const bytes: ReadonlyMap<string, number> = new Map(
  characters.map((character, byte) => [character, byte]),
);

export function writeBytes(token: Uint8Array): string {
  return Array.from(token, (byte) => characters[byte]).join("");
}

/** The bytes that a token of such a file stands for, or undefined where it is not of this alphabet. */
export function readBytes(token: string): Uint8Array | undefined {
  const found = Array.from(token, (character) => bytes.get(character));
  if (found.includes(undefined)) return undefined;
  return Uint8Array.from(found, (byte) => {
    invariant(byte !== undefined, "every character was found");
    return byte;
  });
}
