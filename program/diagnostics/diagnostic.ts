/** Half-open range of UTF-16 offsets in a file, as the syntax tree has it. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** A place in a recipe (`range`), or in a data file (`line` and `column` from 1), or a whole file. */
export interface Place {
  readonly file: string;
  readonly range?: TextRange;
  readonly line?: number;
  readonly column?: number;
}

export interface Fix {
  readonly title: string;
  /** Only `certain` fixes are applied without being looked at. */
  readonly applicability: "certain" | "likely";
  readonly edits: readonly {
    readonly file: string;
    readonly range: TextRange;
    readonly text: string;
  }[];
}

/** What a reader is shown: the one form for the terminal, `--json`, SARIF and the editor. */
export interface Diagnostic {
  readonly code: string;
  readonly severity: "error" | "warning" | "information";
  /** What was expected and what was found, in the reader's words; lower case, no full stop. */
  readonly message: string;
  readonly place: Place;
  readonly related: readonly { readonly place: Place; readonly message: string }[];
  /** What to do. */
  readonly help: string | undefined;
  readonly fixes: readonly Fix[];
}
