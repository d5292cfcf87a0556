import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { runLocked } from "../../program/diagnostics/catalogue/run.ts";
import { diagnose } from "../../program/diagnostics/define.ts";
import type { Disk } from "../host/disk.ts";
import { systemCode } from "../host/disk.ts";
import { refuse } from "../refusal.ts";
import { withFiles } from "./file-failure.ts";

/** Who holds a folder. */
interface Holder {
  readonly pid: number;
  /** When the process began, where the system says; a number that is used again has another one. */
  readonly begun: string;
  readonly host: string;
  readonly since: string;
}

export interface Lock {
  release(): Promise<void>;
}

/**
 * Takes the folder for this process. A folder that a living process holds is refused; the lock of a
 * process that has ended (killed, or the machine restarted) is taken over.
 */
export async function lockFolder(disk: Disk, folder: string, now: number): Promise<Lock> {
  const path = join(folder, "lock");
  const me: Holder = {
    pid: process.pid,
    begun: await processBegin(process.pid),
    host: hostname(),
    since: new Date(now).toISOString(),
  };
  return withFiles("lock the folder", path, async () => {
    while (!(await create(disk, path, me))) {
      const holder = await readHolder(disk, path);
      if (holder === "gone") continue;
      if (holder !== "unreadable" && (await lives(holder))) {
        const { pid, since, host } = holder;
        const elsewhere = host === hostname() ? undefined : host;
        return refuse(diagnose(runLocked, { file: folder }, { pid, since, host: elsewhere }));
      }
      await takeAway(disk, path, holder);
    }
    return { release: () => disk.remove(path) };
  });
}

async function create(disk: Disk, path: string, me: Holder): Promise<boolean> {
  try {
    const file = await disk.open(path, "new");
    await file.write(new TextEncoder().encode(JSON.stringify(me)));
    await file.close();
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** Renaming has one winner; whoever renamed a lock that is not the dead one puts it back. */
async function takeAway(disk: Disk, path: string, dead: Holder | "unreadable"): Promise<void> {
  const aside = `${path}.${process.pid}`;
  try {
    await disk.rename(path, aside);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return;
    throw error;
  }
  const moved = await readHolder(disk, aside);
  if (JSON.stringify(moved) === JSON.stringify(dead)) await disk.remove(aside);
  else await disk.rename(aside, path);
}

async function readHolder(disk: Disk, path: string): Promise<Holder | "gone" | "unreadable"> {
  const bytes = await disk.read(path);
  if (bytes === undefined) return "gone";
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Holder> | null;
    const { pid, begun, host, since } = value ?? {};
    if (typeof pid !== "number" || typeof begun !== "string") return "unreadable";
    if (typeof host !== "string" || typeof since !== "string") return "unreadable";
    return { pid, begun, host, since };
  } catch {
    return "unreadable";
  }
}

/** Processes of another machine cannot be seen; they count as living. */
async function lives({ pid, begun, host }: Holder): Promise<boolean> {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (systemCode(error) === "ESRCH") return false;
  }
  return (await processBegin(pid)) === begun;
}

/** Linux: clock ticks from the machine's start to the process's; elsewhere nothing. */
async function processBegin(pid: number): Promise<string> {
  try {
    const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ").at(-1)?.split(" ");
    return fields?.[19] ?? "";
  } catch {
    return "";
  }
}
