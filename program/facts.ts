/**
 * What `check` wants to know of the world, and what the composer found. `check` reads no file: what it
 * misses it lists as wanted and types as unknown-but-silent; the composer fetches and checks again.
 */
export type Want =
  /** The text of a recipe beside the one that names it; `path` is resolved. */
  | { readonly kind: "source"; readonly path: string }
  /** A module of the library: `prelude`, `models`, `objectives/preference`. */
  | { readonly kind: "library"; readonly name: string }
  /** A data file that a recipe names; `path` is resolved. */
  | { readonly kind: "file"; readonly path: string };

export type Fact =
  | { readonly kind: "source"; readonly text: string }
  | { readonly kind: "library"; readonly text: string }
  | {
      readonly kind: "file";
      readonly bytes: number;
      /** SHA-256 of the content, in hexadecimal. */
      readonly digest: string;
      /** Where the first byte stands that is not UTF-8, from 1; undefined for good text. */
      readonly invalid:
        | { readonly line: number; readonly column: number; readonly byte: number }
        | undefined;
    }
  /** Looked for, not there. */
  | { readonly kind: "missing" };

export type Facts = ReadonlyMap<string, Fact>;

/** The key of a want in the table of facts. */
export function wantKey(want: Want): string {
  return want.kind === "library" ? `library:${want.name}` : `${want.kind}:${want.path}`;
}
