import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** PyTorch in a process of its own that makes one step whenever it is asked. */
export interface TorchStep {
  readonly version: string;
  readonly device: string;
  readonly parameters: number;
  /** Milliseconds of one step. */
  step(): Promise<number>;
  close(): Promise<void>;
}

const script = fileURLToPath(new URL("quickstart_step.py", import.meta.url));

/** Starts the peer; says why where the Python that is named has no PyTorch or none is named. */
export async function openTorch(
  settings: Readonly<Record<string, number | string>>,
): Promise<TorchStep | string> {
  const python = process.env["LEVAIN_BENCH_PYTHON"];
  if (python === undefined) return "LEVAIN_BENCH_PYTHON names no Python with PyTorch";
  const child = spawn(python, [script, JSON.stringify(settings)], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  let problem = "";
  child.stderr.on("data", (text: Buffer) => {
    problem += text.toString();
  });
  child.on("error", (error) => {
    problem += error.message;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string | undefined> => {
    const { value, done } = await lines.next();
    return done === true ? undefined : value;
  };
  const about = await next();
  if (about === undefined) return `${python}: ${problem.trim().split("\n").at(-1) ?? "ended"}`;
  const { torch, device, parameters } = JSON.parse(about) as {
    readonly torch: string;
    readonly device: string;
    readonly parameters: number;
  };
  return {
    version: torch,
    device,
    parameters,
    async step() {
      child.stdin.write("\n");
      const seconds = await next();
      if (seconds === undefined) throw new Error(`PyTorch ended: ${problem}`);
      return 1000 * Number(seconds);
    },
    async close() {
      const exited = once(child, "exit");
      child.stdin.end();
      await exited;
    },
  };
}
