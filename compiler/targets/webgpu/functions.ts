/**
 * Functions that WGSL lacks or promises too little of. Written once for numbers and for vectors of
 * four: T is f32, I is i32 and U is u32, or vectors of them. None divides or branches on an
 * infinity; constants are fits made in f64, errors are a few units in the last place of f32.
 */
interface FunctionText {
  readonly needs: readonly string[];
  readonly text: string;
}

const texts: Readonly<Record<string, FunctionText>> = {
  exp_: {
    needs: [],
    // 2^n by exponent bits, e^r on |r| ≤ ln 2 / 2 by its series.
    text: `fn exp_(x: T) -> T {
  let y = clamp(x, T(-87.3), T(88.7));
  let n = floor(y * 1.44269504 + 0.5);
  let r = (y - n * 0.693359375) + n * 2.12194440e-4;
  var p = T(1.9875691500e-4);
  p = p * r + 1.3981999507e-3;
  p = p * r + 8.3334519073e-3;
  p = p * r + 4.1665795894e-2;
  p = p * r + 1.6666665459e-1;
  p = p * r + 5.0000001201e-1;
  p = (p * r) * r + r + 1.0;
  let h = floor(n * 0.5);
  let low = bitcast<T>((I(h) + 127) << U(23u));
  let high = bitcast<T>((I(n - h) + 127) << U(23u));
  let e = p * low * high;
  return select(select(e, T(0.0), x < T(-87.3)), bitcast<T>(I(sizes.infinity)), x > T(88.72283));
}`,
  },
  log_: {
    needs: [],
    // x = 2^e · m with m in [√½, √2); log m from s = (m − 1) / (m + 1).
    text: `fn log_(x: T) -> T {
  let bits = bitcast<I>(x);
  let shifted = bits - 0x3f3504f3;
  let e = shifted >> U(23u);
  let m = bitcast<T>((shifted & I(0x007fffff)) + 0x3f3504f3);
  let f = m - 1.0;
  let s = f / (2.0 + f);
  let z = s * s;
  let w = z * z;
  let r = z * (0.66666662693 + w * 0.28498786688) + w * (0.40000972152 + w * 0.24279078841);
  let half = 0.5 * f * f;
  let n = T(e);
  let value = ((s * (half + r) + n * 9.0580006145e-6) - half + f) + n * 6.9313812256e-1;
  let infinity = bitcast<T>(I(sizes.infinity));
  let nothing = select(bitcast<T>(I(sizes.infinity | 0x400000)), -infinity, x > T(-1.1754944e-38));
  let finite = select(nothing, value, x >= T(1.1754944e-38));
  return select(finite, infinity, x > T(3.4028234e38));
}`,
  },
  log1p_: {
    needs: ["log_"],
    text: `fn log1p_(x: T) -> T {
  let y = select(T(0.0), x, abs(x) < T(0.4));
  let s = y / (2.0 + y);
  let z = s * s;
  let near = s * (2.0 + z * (0.66666668 + z * (0.4 + z * (0.28571430 + z * (0.22222222 + z * 0.18181818)))));
  return select(log_(1.0 + x), near, abs(x) < T(0.4));
}`,
  },
  expm1_: {
    needs: ["exp_"],
    text: `fn expm1_(x: T) -> T {
  let y = select(T(0.0), x, abs(x) < T(0.5));
  var p = T(2.7557319e-6);
  p = p * y + 2.4801587e-5;
  p = p * y + 1.9841270e-4;
  p = p * y + 1.3888889e-3;
  p = p * y + 8.3333333e-3;
  p = p * y + 4.1666667e-2;
  p = p * y + 1.6666667e-1;
  p = p * y + 0.5;
  let near = y + y * y * p;
  return select(exp_(x) - 1.0, near, abs(x) < T(0.5));
}`,
  },
  tanh_: {
    needs: ["expm1_"],
    text: `fn tanh_(x: T) -> T {
  let t = expm1_(2.0 * min(abs(x), T(15.0)));
  let y = t / (t + 2.0);
  return select(y, -y, x < T(0.0));
}`,
  },
  sigmoid_: {
    needs: ["exp_"],
    text: `fn sigmoid_(x: T) -> T {
  let e = exp_(-abs(x));
  return select(e, T(1.0), x >= T(0.0)) / (1.0 + e);
}`,
  },
  log_sigmoid_: {
    needs: ["log1p_", "exp_"],
    text: `fn log_sigmoid_(x: T) -> T {
  return min(x, T(0.0)) - log1p_(exp_(-abs(x)));
}`,
  },
  erf_: {
    needs: ["exp_"],
    text: `fn erf_(x: T) -> T {
  let a = min(abs(x), T(4.0));
  let t = 2.0 * min(a * a, T(1.0)) - 1.0;
  var p = T(-7.552379921e-8);
  p = p * t + 1.231639592e-6;
  p = p * t - 1.753691415e-5;
  p = p * t + 2.175119906e-4;
  p = p * t - 2.285485612e-3;
  p = p * t + 1.985249772e-2;
  p = p * t - 1.405360890e-1;
  p = p * t + 9.654687386e-1;
  let u = (1.0 / max(a, T(1.0)) - 0.625) / 0.375;
  var q = T(3.671016929e-6);
  q = q * u - 2.772810660e-6;
  q = q * u - 2.775028246e-5;
  q = q * u + 1.241966191e-4;
  q = q * u - 3.483616161e-4;
  q = q * u + 4.599445173e-4;
  q = q * u + 2.308089708e-3;
  q = q * u - 2.424283656e-2;
  q = q * u + 1.433564093e-1;
  q = q * u + 3.059529888e-1;
  let y = select(1.0 - exp_(-a * a) * q, a * p, a < T(1.0));
  return select(y, -y, x < T(0.0));
}`,
  },
  power_: {
    needs: ["exp_", "log_"],
    // A negative base takes the sign of an odd whole exponent, and is undefined at other exponents.
    text: `fn power_(x: T, y: T) -> T {
  let whole = floor(y) == y;
  let odd = abs(y - 2.0 * floor(y * 0.5)) == T(1.0);
  let size = exp_(y * log_(max(abs(x), T(1.1754944e-38))));
  let infinity = bitcast<T>(I(sizes.infinity));
  let zero = select(T(0.0), infinity, y < T(0.0));
  let some = select(size, zero, abs(x) < T(1.1754944e-38));
  let signed = select(some, select(bitcast<T>(I(sizes.infinity | 0x400000)), select(some, -some, odd), whole), x < T(0.0));
  return select(signed, T(1.0), y == T(0.0));
}`,
  },
  modulo_: { needs: [], text: `fn modulo_(a: T, b: T) -> T {\n  return a - floor(a / b) * b;\n}` },
  sin_: {
    needs: [],
    // Quarter turns taken off in three parts, then the series of sine or cosine.
    text: `fn sin_(x: T) -> T {
  let n = floor(x * 0.63661977 + 0.5);
  let r = ((x - n * 1.5703125) - n * 4.837512969970703e-4) - n * 7.549789948768648e-8;
  let z = r * r;
  let s = r + r * z * (-1.6666654611e-1 + z * (8.3321608736e-3 - z * 1.9515295891e-4));
  let c = 1.0 - 0.5 * z + z * z * (4.166664568298827e-2 + z * (-1.388731625493765e-3 + z * 2.443315711809948e-5));
  let k = I(n) & I(3);
  let y = select(s, c, (k & I(1)) == I(1));
  return select(y, -y, k >= I(2));
}`,
  },
  cos_: {
    needs: [],
    text: `fn cos_(x: T) -> T {
  let n = floor(x * 0.63661977 + 0.5);
  let r = ((x - n * 1.5703125) - n * 4.837512969970703e-4) - n * 7.549789948768648e-8;
  let z = r * r;
  let s = r + r * z * (-1.6666654611e-1 + z * (8.3321608736e-3 - z * 1.9515295891e-4));
  let c = 1.0 - 0.5 * z + z * z * (4.166664568298827e-2 + z * (-1.388731625493765e-3 + z * 2.443315711809948e-5));
  let k = (I(n) + 1) & I(3);
  let y = select(c, s, (k & I(1)) == I(0));
  return select(y, -y, k >= I(2));
}`,
  },
  mix_: {
    needs: [],
    text: `fn mix_(x: U) -> U {
  var y = (x ^ (x >> U(16u))) * 0x7feb352du;
  y = (y ^ (y >> U(15u))) * 0x846ca68bu;
  return y ^ (y >> U(16u));
}`,
  },
  uniform_: {
    needs: ["mix_"],
    // 24 bits, as the host and the interpreter have them (program/random.ts).
    text: `fn uniform_(index: I, state: I) -> T {
  let key = bitcast<U>(state);
  let bits = mix_(mix_(bitcast<U>(index) ^ key) ^ (key * 0xc2b2ae35u));
  return T(bits >> U(8u)) * 5.9604644775390625e-8;
}`,
  },
  whole_modulo_: {
    needs: [],
    text: `fn whole_modulo_(a: I, b: I) -> I {
  let r = a % b;
  return select(r, r + b, (r != I(0)) & ((r < I(0)) != (b < I(0))));
}`,
  },
};

/** Name of the function for numbers, or for vectors of four. */
export function functionName(name: string, vector: boolean): string {
  return vector ? `${name}4` : name;
}

/** Definitions of the functions with these names, and of those that they need, each once. */
export function functionTexts(names: ReadonlySet<string>): string {
  const done = new Map<string, string>();
  const visit = (name: string): void => {
    if (done.has(name)) return;
    const vector = name.endsWith("4");
    const plain = vector ? name.slice(0, -1) : name;
    const entry = texts[plain];
    if (entry === undefined) return;
    for (const need of entry.needs) visit(functionName(need, vector));
    done.set(name, vector ? forVectors(entry.text) : forNumbers(entry.text));
  };
  for (const name of [...names].sort()) visit(name);
  return [...done.values()].join("\n\n");
}

function forNumbers(text: string): string {
  return text.replace(/\bT\b/g, "f32").replace(/\bI\b/g, "i32").replace(/\bU\b/g, "u32");
}

function forVectors(text: string): string {
  return text
    .replace(/\b([a-z0-9_]+_)\(/g, "$14(")
    .replace(/\bT\b/g, "vec4<f32>")
    .replace(/\bI\b/g, "vec4<i32>")
    .replace(/\bU\b/g, "vec4<u32>");
}
