import { describe, expect, test } from "vitest";
import { createBackend, QuantMatrix } from "@helium-lm/tensor";
import { EmptyWeights } from "./empty-weights.ts";
import type { CheckpointReader, TensorInfo } from "../io/index.ts";
import type { Matrix } from "../matrix.ts";
import { CheckpointWeights } from "./checkpoint-weights.ts";

const infos: readonly TensorInfo[] = [
  { name: "norm", dtype: "bf16", shape: [64], storedBytes: 128 },
  { name: "wide", dtype: "bf16", shape: [32, 256], storedBytes: 32 * 256 * 2 },
  { name: "odd", dtype: "f16", shape: [32, 60], storedBytes: 32 * 60 * 2 },
  { name: "blocks", dtype: "q8_0", shape: [32, 64], storedBytes: 32 * 68 },
  { name: "ids", dtype: "i32", shape: [4, 4], storedBytes: 64 },
];

const reader: CheckpointReader = {
  has: (name) => infos.some((one) => one.name === name),
  names: () => infos.map(({ name }) => name),
  info: (name) => infos.find((one) => one.name === name)!,
  readBytes: async (name) => new Uint8Array(infos.find((one) => one.name === name)!.storedBytes),
  close: async () => undefined,
};

const told = (matrix: Matrix): string =>
  `${matrix instanceof QuantMatrix ? matrix.format : matrix.dtype} ${matrix.shape.join(" ")}`;

describe("EmptyWeights", () => {
  test.each(["auto", "f32", "bf16", "q8_0", "q4_K"] as const)(
    "gives what CheckpointWeights does in %s",
    async (dtype) => {
      const backend = await createBackend("cpu");
      const sources = [new CheckpointWeights(backend, reader, { dtype }), new EmptyWeights(backend, reader, { dtype })];
      const [full, empty] = await Promise.all(
        sources.map(async (source) => {
          const found = [];
          for (const { name, shape } of infos) {
            found.push(told(await source.get(name, shape)));
            const [rows = 0, columns] = shape;
            if (columns !== undefined && name !== "ids")
              found.push(told(await source.getMatrix(name, [rows, columns])));
          }
          return found;
        }),
      );
      expect(empty).toEqual(full);
      expect(sources.map((source) => [source.has("norm"), source.has("none")])).toEqual([
        [true, false],
        [true, false],
      ]);
      backend.dispose();
    },
  );
});
