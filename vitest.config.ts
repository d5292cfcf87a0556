import { defineConfig } from "vitest/config";

const webGpuTests = "test/**/*.webgpu.test.ts";

export default defineConfig({
  test: {
    reporters: ["default"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        test: {
          name: "plain",
          include: ["test/**/*.test.ts"],
          exclude: [webGpuTests],
          pool: "forks",
          maxWorkers: 2,
          testTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // One process and one device for all files: the driver compiles each shader once, and
        // compiling in two processes at a time is slower than one after the other.
        test: {
          name: "webgpu",
          include: [webGpuTests],
          pool: "forks",
          maxWorkers: 1,
          isolate: false,
          testTimeout: 300_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
