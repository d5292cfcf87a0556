/**
 * Sizes of dimensions: polynomials with integer coefficients over symbols, in normal form.
 *
 * What integers cannot say (a quotient, a remainder, a size that only a file knows) is a symbol of its
 * own; two such symbols are never known to be equal or different.
 */

/** Product of symbols by id, each with its power, sorted: `3^1*7^2`; "" is the constant term. */
type Monomial = string;

export interface Size {
  readonly terms: ReadonlyMap<Monomial, number>;
  /** False where a symbol stands for what nobody knows: comparisons are then undecided. */
  readonly certain: boolean;
  /** Set for a symbol alone, as most sizes are. */
  readonly symbol?: number;
}

export const UNKNOWN_SIZE: Size = { terms: new Map([["?", 1]]), certain: false };

export function constantSize(value: number): Size {
  return { terms: value === 0 ? new Map() : new Map([["", value]]), certain: true };
}

/** The size of a dimension that is a parameter: known by name only. */
export function symbolSize(id: number): Size {
  return { terms: new Map([[`${id}^1`, 1]]), certain: true, symbol: id };
}

export function constantOf(size: Size): number | undefined {
  if (!size.certain) return undefined;
  if (size.terms.size === 0) return 0;
  const constant = size.terms.get("");
  return size.terms.size === 1 ? constant : undefined;
}

export function addSizes(a: Size, b: Size, sign: 1 | -1 = 1): Size {
  const terms = new Map(a.terms);
  for (const [monomial, coefficient] of b.terms) {
    const sum = (terms.get(monomial) ?? 0) + sign * coefficient;
    if (sum === 0) terms.delete(monomial);
    else terms.set(monomial, sum);
  }
  return { terms, certain: a.certain && b.certain };
}

export function multiplySizes(a: Size, b: Size): Size {
  if (!a.certain || !b.certain) return UNKNOWN_SIZE;
  const terms = new Map<Monomial, number>();
  for (const [left, x] of a.terms) {
    for (const [right, y] of b.terms) {
      const monomial = multiplyMonomials(left, right);
      const sum = (terms.get(monomial) ?? 0) + x * y;
      if (sum === 0) terms.delete(monomial);
      else terms.set(monomial, sum);
    }
  }
  return { terms, certain: true };
}

function factors(monomial: Monomial): Map<number, number> {
  const powers = new Map<number, number>();
  if (monomial === "") return powers;
  for (const factor of monomial.split("*")) {
    const [id, power] = factor.split("^");
    powers.set(Number(id), Number(power));
  }
  return powers;
}

function multiplyMonomials(a: Monomial, b: Monomial): Monomial {
  if (a === "") return b;
  if (b === "") return a;
  const powers = factors(a);
  for (const [id, power] of factors(b)) powers.set(id, (powers.get(id) ?? 0) + power);
  return [...powers]
    .sort(([x], [y]) => x - y)
    .map(([id, power]) => `${id}^${power}`)
    .join("*");
}

/** Exact where every coefficient divides; otherwise undecided until numbers are known. */
export function divideSizes(a: Size, b: Size): Size {
  const divisor = constantOf(b);
  if (!a.certain || divisor === undefined || divisor === 0) return UNKNOWN_SIZE;
  const terms = new Map<Monomial, number>();
  for (const [monomial, coefficient] of a.terms) {
    if (coefficient % divisor !== 0) return UNKNOWN_SIZE;
    terms.set(monomial, coefficient / divisor);
  }
  return { terms, certain: true };
}

/** True, false, or undefined where it cannot be decided. */
export function equalSizes(a: Size, b: Size): boolean | undefined {
  if (a === b) return true;
  if (!a.certain || !b.certain) return undefined;
  if (a.terms.size !== b.terms.size) return false;
  for (const [monomial, coefficient] of a.terms) {
    if (b.terms.get(monomial) !== coefficient) return false;
  }
  return true;
}

/** Replaces symbols by sizes. */
export function substituteSize(size: Size, of: (symbol: number) => Size | undefined): Size {
  if (size.symbol !== undefined) return of(size.symbol) ?? size;
  if (!size.certain || (size.terms.size <= 1 && size.terms.has(""))) return size;
  let result = constantSize(0);
  let changed = false;
  for (const [monomial, coefficient] of size.terms) {
    let product = constantSize(coefficient);
    for (const [id, power] of factors(monomial)) {
      const value = of(id);
      if (value !== undefined) changed = true;
      for (let n = 0; n < power; n += 1) product = multiplySizes(product, value ?? symbolSize(id));
    }
    result = addSizes(result, product);
  }
  return changed ? result : size;
}
