import { test } from "vitest";
import { killAndResume } from "./kill-and-resume.ts";

test("a language model that is killed ten times learns the same bits", { timeout: 900_000 }, () => {
  killAndResume("webgpu");
});
