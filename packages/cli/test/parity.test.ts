import { describe, expect, it } from "vitest";
import { fixturePath } from "../../../testing/fixtures.ts";
import { helium } from "./run-helium.ts";

const dump = fixturePath("parity/helium.safetensors");
const model = fixturePath("models/helium/causal");

describe("helium parity", () => {
  it("prints a receipt per backend and dtype, or JSON", async () => {
    const argv = ["parity", model, "--reference", dump, "--backends", "cpu,reference"];
    const { code, out } = await helium([...argv, "--dtypes", "f32,q8_0"]);
    expect(code).toBe(0);
    expect(out.match(/^(cpu|reference), (f32|q8_0)$/gm)).toHaveLength(4);
    expect(out).toMatch(/logits .* first choice 100\.0 %, KL /);
    const { out: lines } = await helium([...argv, "--json"]);
    const receipts = lines
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { backend: string; logits: { kl: number } });
    expect(receipts.map(({ backend }) => backend)).toEqual(["cpu", "reference"]);
    for (const { logits } of receipts) expect(logits.kl).toBeLessThan(1e-9);
  });

  it("says what is missing", async () => {
    const bare = await helium(["parity", model]);
    expect(bare.code).toBe(2);
    expect(bare.err).toContain("--reference");
    const { code, err } = await helium(["parity", model, "--reference", "absent.safetensors"]);
    expect({ code, err }).toMatchObject({ code: 1 });
    expect(err).toContain("absent.safetensors");
    expect((await helium(["parity", "--backends", "cpu,gpu"])).err).toContain("separated by commas");
  });
});
