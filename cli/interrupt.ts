import { exit } from "./exit.ts";

const signals = ["SIGINT", "SIGTERM"] as const;

/**
 * Ctrl-C once asks the run to save its state and stop, twice stops at once. Gives back what takes
 * the handlers away again.
 */
export function onInterrupt(controller: AbortController, say: (line: string) => void): () => void {
  const handle = () => {
    if (controller.signal.aborted) process.exit(exit.interrupted);
    say("stopping after this step, and saving; Ctrl-C again stops now");
    controller.abort();
  };
  for (const signal of signals) process.on(signal, handle);
  return () => {
    for (const signal of signals) process.off(signal, handle);
  };
}
