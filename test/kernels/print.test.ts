import { expect, test } from "vitest";
import { createBuilder, makeStep } from "../../compiler/graph/index.ts";
import { printKernels } from "../../compiler/kernels/print.ts";
import { hardwareProfile, softwareProfile } from "../../compiler/kernels/profile.ts";
import { schedule } from "../../compiler/kernels/schedule.ts";
import { layout } from "../../compiler/layout/layout.ts";
import { emitWebGpu } from "../../compiler/targets/webgpu/emit.ts";

/** A row divided by its size, and what is learnt of it: two groups, one of them in place. */
function step() {
  const graph = createBuilder();
  const { apply } = graph;
  const [row, column] = [graph.axis("row", 6), graph.axis("column", 8)];
  const x = graph.input("x", "data", [row, column], "real");
  const total = graph.input("total", "state", [row], "real");
  const square = apply("sum", [apply("multiply", [x, x])], { over: [column] });
  const y = apply("divide", [x, apply("sqrt", [square])]);
  const next = apply("add", [total, square]);
  return layout(makeStep(graph, "normalise", [{ name: "y", node: y }], [{ state: total, next }]));
}

test("kernels are printed with their schedules", () => {
  expect(printKernels(schedule(step(), softwareProfile()))).toMatchInlineSnapshot(`
    "program normalise for software
      kernels 2, operations 5
      arena0 256 bytes
      $3 sum: arena0[0..256] live 0..1
      nest divide+sum
        #0 read data:x
        #1 write output:y
        #2 write $3
        rows (r0 < 6) inner (c0 < 8) lane 8 by 4
        each entry
          acc0 = sum multiply(#0[8·r0 + c0], #0[8·r0 + c0])
        once
          #2[r0] = acc0
        each entry
          #1[8·r0 + c0] = divide(#0[8·r0 + c0], sqrt(acc0))
      nest add
        #0 read state:total
        #1 read $3
        #2 write state:total
        rows (r0 < 6) inner () lane 8
        once
          #2[r0] = add(#0[r0], #1[r0])
    "
  `);
});

test("a kernel as WGSL", () => {
  const { shaders } = emitWebGpu(schedule(step(), hardwareProfile()), { flops: 0 });
  expect(shaders.map(({ code }) => code).join("\n")).toMatchInlineSnapshot(`
    "struct Sizes {
      base0: i32,
      base1: i32,
      base2: i32,
      owners: i32,
      across: i32,
      size_c0: i32,
      infinity: i32,
    }

    @group(0) @binding(0) var<storage, read> slot0: array<f32>;
    @group(0) @binding(1) var<storage, read_write> slot1: array<f32>;
    @group(0) @binding(2) var<storage, read_write> slot2: array<f32>;
    @group(0) @binding(3) var<uniform> sizes: Sizes;

    @compute @workgroup_size(64)
    fn main(@builtin(global_invocation_id) id: vec3<u32>) {
      let owner = i32(id.x) + i32(id.y) * sizes.across;
      if (owner >= sizes.owners) { return; }
      let base0 = sizes.base0;
      let base1 = sizes.base1;
      let base2 = sizes.base2;
      let r0 = owner;
      var acc0 = 0f;
      for (var c0 = 0; c0 < sizes.size_c0; c0 += 1) {
        let v0 = r0 * 8 + c0;
        let v1 = slot0[base0 + v0];
        let v2 = v1 * v1;
        acc0 = acc0 + v2;
      }
      slot2[base2 + r0] = acc0;
      let v5 = sqrt(acc0);
      for (var c0 = 0; c0 < sizes.size_c0; c0 += 1) {
        let v3 = r0 * 8 + c0;
        let v4 = slot0[base0 + v3];
        let v6 = v4 / v5;
        slot1[base1 + v3] = v6;
      }
    }

    struct Sizes {
      base0: i32,
      base1: i32,
      base2: i32,
      owners: i32,
      across: i32,
      infinity: i32,
    }

    @group(0) @binding(0) var<storage, read_write> slot0: array<f32>;
    @group(0) @binding(1) var<storage, read> slot1: array<f32>;
    @group(0) @binding(2) var<uniform> sizes: Sizes;

    @compute @workgroup_size(64)
    fn main(@builtin(global_invocation_id) id: vec3<u32>) {
      let owner = i32(id.x) + i32(id.y) * sizes.across;
      if (owner >= sizes.owners) { return; }
      let base0 = sizes.base0;
      let base1 = sizes.base1;
      let base2 = sizes.base2;
      let r0 = owner;
      let v0 = slot0[base0 + r0];
      let v1 = slot1[base1 + r0];
      let v2 = v0 + v1;
      slot0[base2 + r0] = v2;
    }
    "
  `);
});
