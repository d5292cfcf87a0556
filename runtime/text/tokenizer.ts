/** Text to token ids and back. Ids are 0 to size − 1. */
export interface TextTokenizer {
  readonly size: number;
  /** The bytes that each token stands for; their lengths are exact, also within a character. */
  readonly tokens: readonly Uint8Array[];
  encode(text: string): Int32Array;
  decode(ids: Iterable<number>): string;
  /** Decodes ids one by one: what `push` gives is text as soon as its characters are complete. */
  decoder(): { push(id: number): string; end(): string };
  /** Files that other programs load it from, by name. */
  readonly files: Readonly<Record<string, string>>;
}
