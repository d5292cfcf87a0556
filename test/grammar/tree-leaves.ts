import fc from "fast-check";
import { HARD_WORDS } from "../../grammar/tokens.ts";
import type {
  BinaryOperator,
  Expression,
  Name,
  NumberNode,
  StringNode,
} from "../../grammar/tree.ts";

/** The leaves of random trees, and where an expression needs parentheses to be read back. */

export const span = { start: 0, end: 0 } as const;
const HARD: ReadonlySet<string> = new Set(HARD_WORDS);
export const doc = undefined;

export function nameOf(text: string): Name {
  return { kind: "name", text, span };
}

/** Words that some places read as the beginning of a form. */
const SOFT: ReadonlySet<string> = new Set(
  `use input type record model fn let data stage ensure dim layout config
   with each fold param every where return elif elseif`.split(/\s+/),
);

export const word = fc
  .stringMatching(/^[a-z][a-z0-9_]{0,9}$/)
  .filter((text) => !HARD.has(text) && !SOFT.has(text));
export const small: fc.Arbitrary<Name> = word.map(nameOf);
export const capital: fc.Arbitrary<Name> = fc.stringMatching(/^[A-Z][A-Za-z0-9]{0,7}$/).map(nameOf);
/** After `.` and before `:` hard words are names. */
export const anyWord: fc.Arbitrary<Name> = fc
  .oneof(
    { weight: 8, arbitrary: word },
    {
      weight: 1,
      arbitrary: fc.constantFrom(...HARD_WORDS, "data", "stage", "let", "with", "every"),
    },
  )
  .map(nameOf);

const unit: fc.Arbitrary<Name> = fc
  .constantFrom("steps", "tokens", "GiB", "epochs", "sequences")
  .map(nameOf);

const POWERS: ReadonlyMap<string, number> = new Map([
  ["K", 3],
  ["M", 6],
  ["B", 9],
  ["T", 12],
]);

export const number: fc.Arbitrary<NumberNode> = fc
  .record({
    digits: fc.oneof(
      fc.nat(99999).map(String),
      fc.constantFrom("0.5", "12.25", "3e-3", "1e6", "2.5E+2"),
    ),
    suffix: fc.constantFrom("", "", "", "%", "K", "M", "B", "T"),
    unit: fc.option(unit, { nil: undefined }),
  })
  .map(({ digits, suffix, unit: given }) => {
    const percent = suffix === "%";
    const exponent = /e/i.test(digits);
    const power = POWERS.get(suffix);
    const value =
      power === undefined
        ? Number(digits)
        : exponent
          ? Number(digits) * Number(`1e${power}`)
          : Number(`${digits}e${power}`);
    const integer = !percent && !exponent && !digits.includes(".");
    return { kind: "number", value, percent, text: digits + suffix, integer, unit: given, span };
  });

export const plainNumber = number.map((node): NumberNode => ({ ...node, unit: undefined }));

type Piece = StringNode["pieces"][number];
const textPiece: fc.Arbitrary<Piece> = fc
  .oneof(
    fc.string({ unit: "binary", minLength: 1 }),
    fc.constantFrom("\n", '"', "{a}", "\\boxed", "\t", "𐐀"),
  )
  .filter((text) => !/\p{Cs}/u.test(text))
  .map((text) => ({ kind: "text", text, span }));
const pathPiece: fc.Arbitrary<Piece> = fc
  .array(anyWord, { minLength: 1, maxLength: 3 })
  .map((path) => ({ kind: "path", path, span }));

export const string: fc.Arbitrary<StringNode> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .array(fc.oneof(textPiece, pathPiece), { maxLength: 3 })
      .map((pieces): StringNode => {
        // Two texts side by side would be read as one.
        const apart = pieces.filter(
          (piece, at) => piece.kind === "path" || pieces[at - 1]?.kind !== "text",
        );
        return { kind: "string", raw: false, pieces: apart, span };
      }),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom("", "\\boxed{}", "one\n  two\n", 'a "quoted" word')
      .map((text): StringNode => {
        const pieces = text === "" ? [] : [{ kind: "text", text, span } as const];
        return { kind: "string", raw: true, pieces, span };
      }),
  },
);

export const plainText = fc
  .stringMatching(/^[a-z "{}\\/.]{0,12}$/)
  .filter((text) => !/\{[a-z_]/.test(text));

// How tightly an expression binds, loosest first; the numbers are those of the parser.
export const LOOSEST = 0;
const OPERAND = 12;
export const PRIMARY = 13;
export const OPERATORS: readonly {
  readonly operator: BinaryOperator;
  readonly power: number;
  readonly single: boolean;
}[] = [
  { operator: "~", power: 1, single: true },
  { operator: "|>", power: 2, single: false },
  { operator: "??", power: 3, single: false },
  { operator: "or", power: 4, single: false },
  { operator: "and", power: 5, single: false },
  { operator: "==", power: 7, single: true },
  { operator: "<=", power: 7, single: true },
  { operator: "..", power: 8, single: true },
  { operator: "+", power: 9, single: false },
  { operator: "-", power: 9, single: false },
  { operator: "*", power: 10, single: false },
  { operator: "/", power: 10, single: false },
];

export function powerOf(node: Expression): number {
  switch (node.kind) {
    case "lambda":
      return LOOSEST;
    case "with":
      return LOOSEST;
    case "unary":
      return node.operator === "not" ? 6 : 11;
    case "binary":
      if (node.operator === "^") return OPERAND;
      return OPERATORS.find(({ operator }) => operator === node.operator)?.power ?? LOOSEST;
    case "projection":
      return LOOSEST;
    default:
      return PRIMARY;
  }
}

export function grouped(node: Expression): Expression {
  return { kind: "group", value: node, span };
}

/** The node where it binds at least so tightly, otherwise in parentheses. */
export function binding(node: Expression, least: number): Expression {
  return powerOf(node) >= least ? node : grouped(node);
}

/** In a head braces would be read as the body. */
export function headed(node: Expression): Expression {
  return endsWithSettings(node) ? grouped(node) : node;
}

function endsWithSettings(node: Expression): boolean {
  const text = JSON.stringify(node);
  return (
    text.includes('"braces":true') ||
    text.includes('"kind":"with"') ||
    text.includes('"kind":"lambda"')
  );
}

/** After the bars of a function braces are its whole value. */
export function lambdaBody(node: Expression): Expression {
  return node.kind !== "block" && node.kind !== "record" && beginsWithBrace(node)
    ? grouped(node)
    : node;
}

function beginsWithBrace(node: Expression): boolean {
  switch (node.kind) {
    case "block":
    case "record":
      return true;
    case "binary":
      return beginsWithBrace(node.left);
    case "call":
      return beginsWithBrace(node.callee);
    case "field":
    case "index":
      return beginsWithBrace(node.object);
    case "cast":
    case "with":
      return beginsWithBrace(node.value);
    default:
      return false;
  }
}

/** What a suffix may follow. */
export function suffixed(node: Expression): Expression {
  if (node.kind === "number" || node.kind === "rest") return grouped(node);
  if (node.kind === "call" && node.braces) return grouped(node);
  // `a as B[c]` is a cast to `B[c]`.
  if (node.kind === "cast") return grouped(node);
  return binding(node, PRIMARY);
}
