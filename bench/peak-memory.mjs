/** Loaded before a program: writes the most memory that its process ever held, in bytes, at its end. */
import { readFileSync, writeFileSync } from "node:fs";

process.on("exit", () => writeFileSync(process.env.LEVAIN_BENCH_MEMORY, String(1024 * peak())));

/** In KiB. Where Linux tells it, that of this program alone: the other one begins with its parent's. */
function peak() {
  try {
    const status = readFileSync("/proc/self/status", "utf8");
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
}
