import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take half a minute or more; the longest come first, so that none is left to run alone in the end. */
const long = [
  "gpujs-webgl2.conformance",
  "webgpu.conformance",
  "gpujs-webgpu.conformance",
  "wasm.conformance",
  "families",
  "greedy",
  "webgpu-node.conformance",
  "forced-calls",
  "reference.conformance",
  "cpu.conformance",
  "nano",
  "float64-backend",
  "gpujs-webgpu-node.conformance",
  "gpujs-webasm.conformance",
  "kv-dtype",
  "gpujs-quantised",
  "family-faults",
  "gpujs-cpu.conformance",
].map((name) => `/${name}.test.ts`);

/** Order of the test files: the long ones, then as vitest has it, project by project. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = long.findIndex((name) => moduleId.endsWith(name));
      return place < 0 ? long.length : place;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
