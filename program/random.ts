/**
 * The one source of random numbers: a function of (seed, key, index), so that a number does not depend
 * on when or where it is drawn. The interpreter and the host use this very function.
 */

/** Mixes a seed and a key (what the numbers are for) into 32 bits. */
export function randomState(seed: number, key: string): number {
  let hash = mix(Math.imul(seed | 0, 0x9e3779b1) ^ Math.floor(seed / 2 ** 32));
  for (let place = 0; place < key.length; place += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(place), 0x01000193);
  }
  return mix(hash);
}

/** Uniform in [0, 1) with 24 bits, so that f32 and f64 hold the same number. */
export function uniform(state: number, index: number): number {
  const high = Math.floor(index / 2 ** 32);
  const bits = mix(
    mix((index | 0) ^ state) ^ Math.imul(high, 0x85ebca6b) ^ Math.imul(state, 0xc2b2ae35),
  );
  return (bits >>> 8) / 2 ** 24;
}

/** `count` uniform numbers for the indices from 0 on. */
export function uniforms(seed: number, key: string, count: number): Float64Array {
  const state = randomState(seed, key);
  const values = new Float64Array(count);
  for (let index = 0; index < count; index += 1) values[index] = uniform(state, index);
  return values;
}

/** A bijection of 32 bits in which every input bit moves half of the output bits. */
function mix(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return bits ^ (bits >>> 16);
}
