import { define } from "../define.ts";

/** What the reader of recipes reports; codes LV0101 to LV0149. */

export const unclosedBracket = define<{
  open: string;
  close: string;
  found: string;
  closing: boolean;
}>({
  code: "LV0101",
  severity: "error",
  title: "bracket is never closed",
  message: ({ open, close, found }) => `expected \`${close}\` to close \`${open}\`, found ${found}`,
  help: ({ close, found, closing }) =>
    closing
      ? `write \`${close}\`; ${found} at the start of a line begins a new declaration, so indent it if it belongs inside`
      : `write \`${close}\``,
  explain: {
    why: "Every bracket is closed by its partner. A declaration at the start of a line closes whatever is still open.",
    wrong: "let sizes = [1, 2, 3\nlet width = 4\n",
    right: "let sizes = [1, 2, 3]\nlet width = 4\n",
  },
});

export const strayBracket = define<{ close: string }>({
  code: "LV0102",
  severity: "error",
  title: "closing bracket without an opening one",
  message: ({ close }) => `found \`${close}\`, but no bracket that it could close is open`,
  help: ({ close }) => `remove \`${close}\` or write its opening bracket`,
  explain: {
    why: "A closing bracket ends the innermost bracket that is open.",
    wrong: "let width = (4 + 2))\n",
    right: "let width = (4 + 2)\n",
  },
});

export const missingExpression = define<{ after: string | undefined; found: string }>({
  code: "LV0103",
  severity: "error",
  title: "an expression is missing",
  message: ({ after, found }) =>
    `expected an expression${after === undefined ? "" : ` after \`${after}\``}, found ${found}`,
  explain: {
    why: "An operator has a value on each side, and `=` and `:` have one after them.",
    wrong: "let width = 4 *\nlet depth = 2\n",
    right: "let width = 4 * 16\nlet depth = 2\n",
  },
});

export const unexpectedToken = define<{
  expected: string;
  found: string;
  help: string | undefined;
}>({
  code: "LV0104",
  severity: "error",
  title: "something else belongs here",
  message: ({ expected, found }) => `expected ${expected}, found ${found}`,
  help: ({ help }) => help,
  explain: {
    why: "The form that was begun goes on in another way.",
    wrong: "let width 4\n",
    right: "let width = 4\n",
  },
});

export const missingSeparator = define<{ separator: string; found: string }>({
  code: "LV0105",
  severity: "error",
  title: "a separator is missing",
  message: ({ separator, found }) => `expected ${separator} before ${found}`,
  explain: {
    why: "Settings, fields, items and arguments are separated by a comma or, in braces, by a line break; statements and declarations by a line break.",
    wrong: "let sizes = { width: 4 depth: 2 }\n",
    right: "let sizes = { width: 4, depth: 2 }\n",
  },
});

export const unknownEscape = define<{ found: string }>({
  code: "LV0106",
  severity: "error",
  title: "unknown escape in a string",
  message: ({ found }) => `expected one of \\" \\\\ \\n \\t \\{ \\u{…}, found \`${found}\``,
  help: () => 'write `\\\\` for a backslash, or a raw string """…"""',
  explain: {
    why: "A backslash in a string begins an escape; a raw string has none.",
    wrong: 'let path = "C:\\data"\n',
    right: 'let path = "C:\\\\data"\n',
  },
});

export const tooDeep = define<{ limit: number }>({
  code: "LV0107",
  severity: "error",
  title: "nested too deeply",
  message: ({ limit }) => `expected at most ${limit} levels of nesting`,
  help: () => "give the inner parts names with `let`",
  explain: {
    why: "Nesting is limited so that no text can exhaust the compiler.",
    wrong: `let x = ${"(".repeat(201)}1${")".repeat(201)}\n`,
    right: "let x = (1)\n",
  },
});

export const unterminatedString = define<{ quote: string }>({
  code: "LV0108",
  severity: "error",
  title: "string is never closed",
  message: ({ quote }) =>
    `expected \`${quote}\` to end the string, found the end of the ${quote === '"' ? "line" : "file"}`,
  help: ({ quote }) =>
    quote === '"' ? 'a string ends on its line; """…""" may have several' : undefined,
  explain: {
    why: "A string ends on the line where it begins.",
    wrong: 'let path = "data/plays.txt\n',
    right: 'let path = "data/plays.txt"\n',
  },
});

export const positionalAfterNamed = define<{ found: string }>({
  code: "LV0109",
  severity: "error",
  title: "positional argument after a named one",
  message: ({ found }) =>
    `expected \`name: value\` or the bare name of a parameter after a named argument, found ${found}`,
  help: () => "put positional arguments first, or name this one",
  explain: {
    why: "Positional arguments come first, so that their places can be counted.",
    wrong: "let top = max(a: 1, 2)\n",
    right: "let top = max(1, 2)\n",
  },
});

export const equalsForColon = define<{ name: string }>({
  code: "LV0110",
  severity: "error",
  title: "`=` where `:` belongs",
  message: ({ name }) => `expected \`:\` after \`${name}\`, found \`=\``,
  explain: {
    why: "Settings, fields and arguments are `name: value`; `=` defines a name.",
    wrong: "let top = max(1, b = 2)\n",
    right: "let top = max(1, 2)\n",
  },
});

export const colonForEquals = define<{ name: string }>({
  code: "LV0111",
  severity: "error",
  title: "`:` where `=` belongs",
  message: ({ name }) => `expected \`=\` after \`${name}\`, found \`:\``,
  help: () => "a definition is `name = value` and needs no type",
  explain: {
    why: "`let`, `data`, `stage` and `dim` define a name with `=`; its type is known from the value.",
    wrong: "let width: 4\n",
    right: "let width = 4\n",
  },
});

export const chainedComparison = define<{ first: string; second: string }>({
  code: "LV0112",
  severity: "error",
  title: "comparisons do not chain",
  message: ({ first, second }) => `expected one comparison, found \`${second}\` after \`${first}\``,
  help: () => "write `a < b and b < c`",
  explain: {
    why: "A comparison gives a truth value, and comparing that again is never meant.",
    wrong: "let inside = 0 < 1 < 2\n",
    right: "let inside = 0 < 1 and 1 < 2\n",
  },
});

export const foreignOperator = define<{ found: string; ours: string }>({
  code: "LV0113",
  severity: "error",
  title: "operator of another language",
  message: ({ found, ours }) => `expected ${ours}, found \`${found}\``,
  explain: {
    why: "The words `and`, `or`, `not` and the function `mod` are used for what other languages write as symbols; a power is `^`.",
    wrong: "let both = true && false\n",
    right: "let both = true and false\n",
  },
});

export const reservedWord = define<{ word: string; what: string }>({
  code: "LV0114",
  severity: "error",
  title: "a word of the language as a name",
  message: ({ word, what }) => `expected ${what}, found the reserved word \`${word}\``,
  help: ({ word }) => `take another name, as \`${word}_\``,
  explain: {
    why: "if, else, match, for, in, and, or, not, as, true, false and none cannot be names, except after `.` and before `:`.",
    wrong: "let in = 4\n",
    right: "let input_size = 4\n",
  },
});

export const notADeclaration = define<{ found: string; help: string }>({
  code: "LV0115",
  severity: "error",
  title: "a file holds declarations only",
  message: ({ found }) =>
    `expected a declaration (use, input, type, record, model, fn, let, data, stage, ensure), found ${found}`,
  help: ({ help }) => help,
  explain: {
    why: "A file is a list of declarations; what is to be computed has a name.",
    wrong: "max(1, 2)\n",
    right: "let top = max(1, 2)\n",
  },
});

export const singleQuotes = define<{ found: string }>({
  code: "LV0116",
  severity: "error",
  title: "strings have double quotes",
  message: ({ found }) => `expected a string in double quotes, found ${found}`,
  explain: {
    why: "There is one way to write a string.",
    wrong: "let path = 'data/plays.txt'\n",
    right: 'let path = "data/plays.txt"\n',
  },
});

export const unknownCharacter = define<{ found: string; help: string | undefined }>({
  code: "LV0117",
  severity: "error",
  title: "character that means nothing here",
  message: ({ found }) => `expected a token of the language, found ${found}`,
  help: ({ help }) => help,
  explain: {
    why: "Names have the letters a to z, digits and `_`; other characters stand only in strings and comments.",
    wrong: "let width = 4 @ 2\n",
    right: "let width = 4 * 2\n",
  },
});

export const invalidNumber = define<{ found: string; help: string }>({
  code: "LV0118",
  severity: "error",
  title: "number that cannot be read",
  message: ({ found }) => `expected a number, found \`${found}\``,
  help: ({ help }) => help,
  explain: {
    why: "A number is digits, with a point and digits, an exponent, and one of % K M B T; its unit is a word after a space.",
    wrong: "let memory = 8GiB\n",
    right: "let memory = 8 GiB\n",
  },
});

export const tab = define<{ count: number }>({
  code: "LV0119",
  severity: "warning",
  title: "tab between tokens",
  message: ({ count }) =>
    count === 1
      ? "expected spaces, found a tab"
      : `expected spaces, found tabs (${count} in this file)`,
  help: () => "`levain fmt` indents with two spaces",
  explain: {
    why: "A tab has no width of its own, so columns would mean nothing.",
    wrong: "let\twidth = 4\n",
    right: "let width = 4\n",
  },
});

export const semicolon = define<Record<never, never>>({
  code: "LV0120",
  severity: "error",
  title: "semicolon",
  message: () => "expected a line break or a comma, found `;`",
  explain: {
    why: "A line break ends a statement.",
    wrong: "let width = 4;\n",
    right: "let width = 4\n",
  },
});

export const foreignComment = define<{ found: string }>({
  code: "LV0121",
  severity: "error",
  title: "comment of another language",
  message: ({ found }) => `expected \`//\` before a comment, found \`${found}\``,
  explain: {
    why: "A comment begins with `//`, documentation with `///`.",
    wrong: "# the width\nlet width = 4\n",
    right: "// the width\nlet width = 4\n",
  },
});

export const assignment = define<{ name: string; inBraces: boolean }>({
  code: "LV0122",
  severity: "error",
  title: "definition without a word before it",
  message: ({ name }) => `expected \`let\` before \`${name} =\``,
  help: ({ name, inBraces }) =>
    inBraces ? `write \`let ${name} = …\`, or \`${name}: …\` for a field` : undefined,
  explain: {
    why: "A name is defined once, with `let`, `data`, `stage` or `dim`; there is no assignment.",
    wrong: "width = 4\n",
    right: "let width = 4\n",
  },
});

export const unknownDeclaration = define<{ word: string; proposal: string | undefined }>({
  code: "LV0123",
  severity: "error",
  title: "no such declaration",
  message: ({ word }) =>
    `expected a declaration (use, input, type, record, model, fn, let, data, stage, ensure), found \`${word}\``,
  help: ({ proposal }) => (proposal === undefined ? undefined : `did you mean \`${proposal}\`?`),
  explain: {
    why: "A declaration begins with one of ten words.",
    wrong: "const width = 4\n",
    right: "let width = 4\n",
  },
});

export const missingType = define<{ name: string; found: string }>({
  code: "LV0124",
  severity: "error",
  title: "a type is missing",
  message: ({ name, found }) => `expected \`: type\` after \`${name}\`, found ${found}`,
  help: ({ name }) => `write \`${name}: Real\`, or the type that it has`,
  explain: {
    why: "Parameters, inputs and fields say their type; it is what callers are checked against.",
    wrong: "fn double(x) -> Real { 2 * x }\n",
    right: "fn double(x: Real) -> Real { 2 * x }\n",
  },
});

export const braceOnNextLine = define<Record<never, never>>({
  code: "LV0125",
  severity: "error",
  title: "`{` at the start of a line",
  message: () => "expected `{` on the line before",
  explain: {
    why: "A line break ends what it can end, so a brace at the start of a line would begin something new.",
    wrong: "fn double(x: Real) -> Real\n{\n  2 * x\n}\n",
    right: "fn double(x: Real) -> Real {\n  2 * x\n}\n",
  },
});

export const badInterpolation = define<Record<never, never>>({
  code: "LV0126",
  severity: "error",
  title: "`{` in a string without a name",
  message: () => "expected a name or `a.b` and `}` after `{` in a string",
  help: () => 'write `\\{` for a brace, or a raw string """…"""',
  explain: {
    why: "`{name}` in a string is replaced by the value of that name.",
    wrong: 'let prompt = "a set {1, 2}"\n',
    right: 'let prompt = "a set \\{1, 2}"\n',
  },
});

export const foreignLambda = define<{ help: string }>({
  code: "LV0127",
  severity: "error",
  title: "function in another language's form",
  message: () => "expected a function as `|a, b| value`",
  help: ({ help }) => help,
  explain: {
    why: "A function without a name is written with bars, has at least one parameter, and stands in parentheses beside an operator.",
    wrong: "let double = (x) => 2 * x\n",
    right: "let double = |x| 2 * x\n",
  },
});

export const foreignConditional = define<Record<never, never>>({
  code: "LV0128",
  severity: "error",
  title: "`?` in an expression",
  message: () => "expected an operator of the language, found `?`",
  help: () => "a choice is `if c { a } else { b }`; `a ?? b` replaces `none`",
  explain: {
    why: "A choice between two values is an `if` with two blocks.",
    wrong: "let width = true ? 4 : 2\n",
    right: "let width = if true { 4 } else { 2 }\n",
  },
});

export const bodyNeedsBraces = define<Record<never, never>>({
  code: "LV0129",
  severity: "error",
  title: "function body without braces",
  message: () => "expected a body in braces, found `=`",
  help: () => '`= operation "exp"` names a row of a table of the library; other bodies are `{ … }`',
  explain: {
    why: "A function's body is a block.",
    wrong: "fn double(x: Real) -> Real = 2 * x\n",
    right: "fn double(x: Real) -> Real { 2 * x }\n",
  },
});

export const functionInBlock = define<Record<never, never>>({
  code: "LV0130",
  severity: "error",
  title: "`fn` inside a block",
  message: () => "expected a statement, found `fn`",
  help: () =>
    "inside a block write `let f = |x| …`; `fn` belongs at the top of the file or in a model",
  explain: {
    why: "Named functions are declared where others can see them.",
    wrong: "fn four(x: Real) -> Real {\n  fn two(y: Real) -> Real { 2 * y }\n  two(two(x))\n}\n",
    right: "fn four(x: Real) -> Real {\n  let two = |y| 2 * y\n  two(two(x))\n}\n",
  },
});

export const wordBeforeMember = define<{ word: string; name: string }>({
  code: "LV0131",
  severity: "error",
  title: "`let` in a model",
  message: ({ word, name }) => `expected \`${name} = …\`, found \`${word}\` before it`,
  help: () => "members of a model have no word before them, except `dim`, `fn` and `layout`",
  explain: {
    why: "A member of a model is `name = value`.",
    wrong: "model Scale(width: Dim) {\n  let weight = param[width] ~ ones\n}\n",
    right: "model Scale(width: Dim) {\n  weight = param[width] ~ ones\n}\n",
  },
});

export const missingName = define<{ what: string; found: string }>({
  code: "LV0132",
  severity: "error",
  title: "a name is missing",
  message: ({ what, found }) => `expected ${what}, found ${found}`,
  explain: {
    why: "What is declared has a name, and `.` is followed by one.",
    wrong: "let = 4\n",
    right: "let width = 4\n",
  },
});

export const notAField = define<{ found: string }>({
  code: "LV0133",
  severity: "error",
  title: "record field without a plain name",
  message: ({ found }) => `expected \`name: value\` in a record, found ${found}`,
  help: () => "a record's fields are words; braces that begin otherwise are a block of statements",
  explain: {
    why: "Braces that begin with `name:` are a record, all others a block of statements.",
    wrong: 'let sizes = { "width": 4 }\n',
    right: "let sizes = { width: 4 }\n",
  },
});

export const foreignWord = define<{ word: string; help: string }>({
  code: "LV0134",
  severity: "error",
  title: "word of another language",
  message: ({ word }) => `expected an expression, found \`${word}\``,
  help: ({ help }) => help,
  explain: {
    why: "A block's value is its last expression.",
    wrong: "fn double(x: Real) -> Real { return 2 * x }\n",
    right: "fn double(x: Real) -> Real { 2 * x }\n",
  },
});

export const modelName = define<{ name: string; proposal: string }>({
  code: "LV0135",
  severity: "error",
  title: "model name without a capital",
  message: ({ name }) => `expected a name that begins with a capital letter, found \`${name}\``,
  help: ({ proposal }) => `write \`${proposal}\``,
  explain: {
    why: "Models and records are types, and types begin with a capital letter.",
    wrong: "model scale(width: Dim) {\n  weight = param[width] ~ ones\n}\n",
    right: "model Scale(width: Dim) {\n  weight = param[width] ~ ones\n}\n",
  },
});

export const needsParentheses = define<{ found: string }>({
  code: "LV0136",
  severity: "error",
  title: "parentheses are needed",
  message: ({ found }) =>
    `expected parentheses around \`${found}\` beside an operator that binds tighter`,
  explain: {
    why: "`not` binds looser than comparisons and arithmetic.",
    wrong: "let same = true == not false\n",
    right: "let same = true == (not false)\n",
  },
});

export const letWithType = define<{ name: string }>({
  code: "LV0137",
  severity: "error",
  title: "type on a definition",
  message: ({ name }) => `expected \`=\` after \`${name}\`, found a type`,
  help: () => "the type is known from the value; only parameters, inputs and fields state theirs",
  explain: {
    why: "A definition needs no type.",
    wrong: "let width: Int = 4\n",
    right: "let width = 4\n",
  },
});

export const notFormatted = define<{ reason: string }>({
  code: "LV0149",
  severity: "error",
  title: "file was left as it is",
  message: ({ reason }) =>
    `expected the formatted text to mean the same, but ${reason}; nothing was changed`,
  help: () => "move comments that stand inside an expression to a line of their own",
  explain: {
    why: "Before it answers, the formatter reads its own output again and compares trees and comments.",
    cause: "A comment stands where the formatter has no place for it.",
    remedy: "Move the comment to a line of its own before the declaration or setting.",
  },
});
