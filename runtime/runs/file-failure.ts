import { fileFailed } from "../../program/diagnostics/catalogue/run.ts";
import { diagnose } from "../../program/diagnostics/define.ts";
import { systemCode } from "../host/disk.ts";
import { refuse } from "../refusal.ts";

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the quota of this user is used up",
  EFBIG: "the file would be larger than the system allows",
  EROFS: "the file system is read-only",
  EACCES: "this user may not",
  EPERM: "this user may not",
  ENOTDIR: "a part of the path is a file, not a folder",
  EIO: "the disk failed",
};

/** Does something with files; what the system refuses becomes a diagnostic at the file. */
export async function withFiles<Value>(
  action: string,
  path: string,
  work: () => Promise<Value>,
  kept?: string,
): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    const reason = reasons[code] ?? (error instanceof Error ? error.message : code);
    return refuse(diagnose(fileFailed, { file: path }, { action, reason, kept }));
  }
}
