/** What pure rooms may learn of the outside, given by whoever composes them. */
export interface Host {
  /** The file's bytes, or undefined where there is none that can be read. */
  readBytes(path: string): Promise<Uint8Array | undefined>;
  /** Text of a library module (`prelude`, `objectives/preference`), or undefined. */
  library(name: string): Promise<string | undefined>;
  /** A path relative to the folder of the file that names it. */
  resolve(from: string, relative: string): string;
  /** SHA-256 in hexadecimal. */
  digest(bytes: Uint8Array): Promise<string>;
}
