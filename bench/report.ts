/** One comparison. A ratio above 1 means that Levain is better; without a peer there is neither. */
export interface Row {
  /** What is compared, with its unit and with what the peer is. */
  readonly what: string;
  readonly levain: number;
  readonly peer: number | null;
  readonly ratio: number | null;
}

export interface Report {
  /** What computed: the adapter or the processor. */
  readonly adapter: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
  /** What somebody who reads the numbers must know. */
  readonly notes: readonly string[];
}

export interface Bench {
  readonly name: string;
  readonly description: string;
  /** `say` shows progress to people. */
  run(say: (line: string) => void): Promise<Report>;
}

/** Less is better: time, memory, kernels. */
export function less(what: string, levain: number, peer?: number): Row {
  const ratio = peer === undefined ? null : rounded(peer / levain);
  return { what, levain: rounded(levain), peer: peer === undefined ? null : rounded(peer), ratio };
}

/** Four digits are more than such a measurement has. */
function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(4));
}
