/**
 * The syntax tree of a `.recipe` file: plain immutable data with positions.
 *
 * Offsets are UTF-16 code units into the source text. A tree exists for every text: what could not
 * be read is an `error` node that covers the skipped range.
 */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Name {
  readonly kind: "name";
  readonly text: string;
  readonly span: Span;
}

/** A comment or a blank line, kept beside the tree so that printing loses nothing. */
export interface Comment {
  readonly kind: "line" | "doc";
  readonly text: string;
  readonly span: Span;
  /** True when code stands before it on the same line. */
  readonly trailing: boolean;
}

export interface SourceFile {
  readonly kind: "file";
  readonly path: string;
  readonly text: string;
  readonly items: readonly Item[];
  readonly comments: readonly Comment[];
  readonly span: Span;
}

export type Item =
  | UseItem
  | InputItem
  | RecordItem
  | ModelItem
  | FunctionItem
  | BindingItem
  | EnsureItem
  | TypeItem
  | HoleNode
  | ErrorNode;

/** `type Schedule = (Now) -> Real`: another name for a type. */
export interface TypeItem {
  readonly kind: "type";
  readonly doc: string | undefined;
  readonly name: Name;
  readonly type: TypeNode;
  readonly span: Span;
}

export interface UseItem {
  readonly kind: "use";
  readonly doc: string | undefined;
  /** `std/a/b` (library) or a quoted path relative to the file. */
  readonly source: {
    readonly kind: "library" | "path";
    readonly text: string;
    readonly span: Span;
  };
  readonly names: readonly { readonly name: Name; readonly as: Name | undefined }[];
  readonly span: Span;
}

export interface InputItem {
  readonly kind: "input";
  readonly doc: string | undefined;
  readonly name: Name;
  readonly type: TypeNode;
  readonly value: Expression | undefined;
  readonly span: Span;
}

export interface RecordItem {
  readonly kind: "record";
  readonly doc: string | undefined;
  readonly name: Name;
  readonly type: RecordTypeNode;
  readonly span: Span;
}

export interface Parameter {
  readonly kind: "parameter";
  readonly name: Name;
  readonly type: TypeNode;
  readonly value: Expression | undefined;
  readonly span: Span;
}

/** `fn name(parameters) -> result body`; inside a model the name may be absent (the model is called). */
export interface FunctionItem {
  readonly kind: "function";
  readonly doc: string | undefined;
  readonly name: Name | undefined;
  readonly parameters: readonly Parameter[];
  readonly result: TypeNode | undefined;
  readonly body: FunctionBody | undefined;
  readonly span: Span;
}

export type FunctionBody =
  | { readonly kind: "code"; readonly expression: BlockNode | RecordNode; readonly span: Span }
  /** `= operation "exp"`: implemented by the row of that name in the table of that kind. */
  | { readonly kind: "row"; readonly table: Name; readonly row: string; readonly span: Span };

export interface BindingItem {
  readonly kind: "binding";
  readonly doc: string | undefined;
  readonly word: "let" | "data" | "stage" | "dim";
  readonly name: Name;
  readonly value: Expression;
  readonly span: Span;
}

export interface EnsureItem {
  readonly kind: "ensure";
  readonly doc: string | undefined;
  readonly value: Expression;
  readonly span: Span;
}

export interface ModelItem {
  readonly kind: "model";
  readonly doc: string | undefined;
  readonly name: Name;
  /** Absent: an interface or a model without parameters. */
  readonly parameters: readonly Parameter[] | undefined;
  readonly members: readonly Member[];
  readonly span: Span;
}

export type Member =
  | FunctionItem
  | BindingItem
  | {
      readonly kind: "member";
      readonly doc: string | undefined;
      readonly name: Name;
      readonly value: Expression;
      readonly span: Span;
    }
  /** `vocab: Dim`, `heads: Int = 4`: a member of an interface. */
  | {
      readonly kind: "declared";
      readonly doc: string | undefined;
      readonly name: Name;
      readonly type: TypeNode;
      readonly value: Expression | undefined;
      readonly span: Span;
    }
  | LayoutMember
  | HoleNode
  | ErrorNode;

export interface LayoutMember {
  readonly kind: "layout";
  readonly doc: string | undefined;
  readonly format: Name;
  readonly arguments: readonly Argument[];
  readonly settings: readonly Setting[];
  readonly span: Span;
}

// ---- types ----

export type TypeNode =
  | NamedTypeNode
  | RecordTypeNode
  | { readonly kind: "list-type"; readonly element: TypeNode; readonly span: Span }
  | {
      readonly kind: "function-type";
      readonly parameters: readonly TypeNode[];
      readonly result: TypeNode;
      readonly span: Span;
    }
  | { readonly kind: "literal-type"; readonly value: string; readonly span: Span }
  | { readonly kind: "optional-type"; readonly inner: TypeNode; readonly span: Span }
  | { readonly kind: "union-type"; readonly members: readonly TypeNode[]; readonly span: Span }
  | ErrorNode;

/** `Real[batch, time]`, `Data[Row]`, `Checkpoint[Model]`, `Real[..in -> ..out]`, `base.Row`. */
export interface NamedTypeNode {
  readonly kind: "named-type";
  readonly path: readonly Name[];
  readonly arguments: readonly TypeArgument[];
  readonly span: Span;
}

export type TypeArgument =
  | { readonly kind: "type-argument"; readonly type: TypeNode; readonly span: Span }
  | DimensionsNode;

/** One dimension or a parenthesised list of them, with the output side where `->` was written. */
export interface DimensionsNode {
  readonly kind: "dimensions";
  readonly from: readonly DimensionNode[];
  readonly to: readonly DimensionNode[] | undefined;
  readonly span: Span;
}

export type DimensionNode =
  | { readonly kind: "rest"; readonly name: Name; readonly span: Span }
  /** `width`, `base.vocab`, `width + extra`, `3`: an expression over dimensions. */
  | { readonly kind: "dimension"; readonly value: Expression; readonly span: Span };

export interface RecordTypeNode {
  readonly kind: "record-type";
  readonly fields: readonly FieldNode[];
  readonly span: Span;
}

export interface FieldNode {
  readonly kind: "field";
  readonly doc: string | undefined;
  readonly name: Name;
  readonly type: TypeNode;
  readonly where: Expression | undefined;
  readonly value: Expression | undefined;
  readonly span: Span;
}

// ---- expressions ----

export type Expression =
  | NumberNode
  | StringNode
  | { readonly kind: "boolean"; readonly value: boolean; readonly span: Span }
  | { readonly kind: "none"; readonly span: Span }
  | HoleNode
  | NameNode
  /** `..rest` as a value: the rest dimensions. */
  | { readonly kind: "rest"; readonly name: Name; readonly span: Span }
  /** `.a.b` as a whole argument: `|it| it.a.b`. */
  | { readonly kind: "projection"; readonly path: readonly Name[]; readonly span: Span }
  | { readonly kind: "group"; readonly value: Expression; readonly span: Span }
  /** `(a, b)`: a product of dimensions. */
  | { readonly kind: "tuple"; readonly items: readonly Expression[]; readonly span: Span }
  | { readonly kind: "list"; readonly items: readonly Expression[]; readonly span: Span }
  | RecordNode
  | BlockNode
  | {
      readonly kind: "parameter-declaration";
      readonly dimensions: readonly DimensionsNode[];
      readonly span: Span;
    }
  | IfNode
  | MatchNode
  | ForNode
  | {
      readonly kind: "each";
      readonly dimension: Expression;
      readonly body: BlockNode | RecordNode;
      readonly span: Span;
    }
  | FoldNode
  | LambdaNode
  | CallNode
  | {
      readonly kind: "field";
      readonly object: Expression;
      readonly name: Name;
      readonly span: Span;
    }
  | {
      readonly kind: "index";
      readonly object: Expression;
      readonly indices: readonly Argument[];
      readonly span: Span;
    }
  | {
      readonly kind: "cast";
      readonly value: Expression;
      readonly type: TypeNode;
      readonly span: Span;
    }
  | {
      readonly kind: "with";
      readonly value: Expression;
      readonly settings: readonly Setting[];
      readonly span: Span;
    }
  | {
      readonly kind: "unary";
      readonly operator: "-" | "not";
      readonly value: Expression;
      readonly span: Span;
    }
  | BinaryNode
  | ErrorNode;

/** A number with its suffix applied (`500M` is 5e8) and the unit that followed it. */
export interface NumberNode {
  readonly kind: "number";
  /** `5%` has value 5 and percent true. */
  readonly value: number;
  readonly percent: boolean;
  /** As written, suffix included: `3e-3`, `500M`, `5%`. */
  readonly text: string;
  /** No point, no exponent, no percent. */
  readonly integer: boolean;
  readonly unit: Name | undefined;
  readonly span: Span;
}

export interface StringNode {
  readonly kind: "string";
  readonly raw: boolean;
  /** Text and `{path}` pieces in order; escapes are already applied. */
  readonly pieces: readonly (
    | { readonly kind: "text"; readonly text: string; readonly span: Span }
    | { readonly kind: "path"; readonly path: readonly Name[]; readonly span: Span }
  )[];
  readonly span: Span;
}

export interface NameNode {
  readonly kind: "reference";
  readonly name: string;
  readonly span: Span;
}

export interface HoleNode {
  readonly kind: "hole";
  readonly span: Span;
}

/** Text that could not be read; syntax diagnostics say why. */
export interface ErrorNode {
  readonly kind: "error";
  readonly span: Span;
}

export interface RecordNode {
  readonly kind: "record";
  readonly fields: readonly (
    | {
        readonly kind: "record-field";
        readonly name: Name;
        readonly value: Expression;
        readonly span: Span;
      }
    | HoleNode
    | ErrorNode
  )[];
  readonly span: Span;
}

export interface BlockNode {
  readonly kind: "block";
  /** What stands before the value; the value itself is not among them. */
  readonly statements: readonly Statement[];
  /** The value: what was written last, where that is an expression. */
  readonly result: Expression | undefined;
  readonly span: Span;
}

export type Statement =
  | BindingItem
  | { readonly kind: "expression"; readonly value: Expression; readonly span: Span };

export interface IfNode {
  readonly kind: "if";
  readonly condition: Expression;
  readonly then: BlockNode | RecordNode;
  readonly otherwise: IfNode | BlockNode | RecordNode | undefined;
  readonly span: Span;
}

export interface MatchNode {
  readonly kind: "match";
  readonly value: Expression;
  readonly arms: readonly {
    readonly pattern: Pattern;
    readonly value: Expression;
    readonly span: Span;
  }[];
  readonly span: Span;
}

export type Pattern =
  | { readonly kind: "string-pattern"; readonly value: string; readonly span: Span }
  | { readonly kind: "number-pattern"; readonly value: number; readonly span: Span }
  | { readonly kind: "boolean-pattern"; readonly value: boolean; readonly span: Span }
  | { readonly kind: "none-pattern"; readonly span: Span }
  /** `_` is the rest. */
  | { readonly kind: "name-pattern"; readonly name: Name; readonly span: Span }
  | ErrorNode;

export interface Binder {
  readonly kind: "binder";
  /** One name, or several for `(a, b)`. */
  readonly names: readonly Name[];
  readonly tuple: boolean;
  readonly span: Span;
}

export interface ForNode {
  readonly kind: "for";
  /** `for x in …` has one, `for name, value in …` two. */
  readonly binders: readonly Binder[];
  readonly source: Expression;
  readonly body: BlockNode | RecordNode;
  readonly span: Span;
}

export interface FoldNode {
  readonly kind: "fold";
  readonly name: Name;
  readonly start: Expression;
  readonly binder: Binder;
  readonly source: Expression;
  readonly body: BlockNode | RecordNode;
  readonly span: Span;
}

export interface LambdaNode {
  readonly kind: "lambda";
  readonly parameters: readonly {
    readonly name: Name;
    readonly type: TypeNode | undefined;
    readonly span: Span;
  }[];
  readonly body: Expression;
  readonly span: Span;
}

/** `f(a, x: 1) { y: 2 }`: arguments, then settings, which are named arguments as well. */
export interface CallNode {
  readonly kind: "call";
  readonly callee: Expression;
  readonly arguments: readonly Argument[];
  readonly settings: readonly Setting[];
  /** True where `{ … }` followed. */
  readonly braces: boolean;
  readonly span: Span;
}

export interface Argument {
  readonly kind: "argument";
  readonly name: Name | undefined;
  readonly value: Expression;
  readonly span: Span;
}

export type Setting =
  | {
      readonly kind: "setting";
      readonly name: Name;
      readonly value: Expression;
      readonly span: Span;
    }
  /** `"blocks[i].ffn": …` in a layout or `with`, `70%: …` in a mix. */
  | {
      readonly kind: "keyed-setting";
      readonly key: StringNode | NumberNode;
      readonly value: Expression;
      readonly span: Span;
    }
  | { readonly kind: "config"; readonly settings: readonly Setting[]; readonly span: Span }
  | {
      readonly kind: "every";
      readonly interval: Expression;
      readonly settings: readonly Setting[];
      readonly span: Span;
    }
  | HoleNode
  | ErrorNode;

export type BinaryOperator =
  | "+"
  | "-"
  | "*"
  | "/"
  | "^"
  | "=="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "and"
  | "or"
  | "??"
  | "|>"
  | ".."
  | "~";

export interface BinaryNode {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly operatorSpan: Span;
  readonly left: Expression;
  readonly right: Expression;
  readonly span: Span;
}
