/** A fault of Levain itself, never of the user; the command line reports it with exit code 70. */
export class InternalError extends Error {
  override readonly name = "InternalError";
}

/** States what must hold; where it does not, Levain has a bug. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InternalError(message);
}

/** Ends an exhaustive switch. */
export function unreachable(value: never): never {
  throw new InternalError(`unexpected case: ${JSON.stringify(value)}`);
}
