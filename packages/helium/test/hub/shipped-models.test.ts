import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { AutoConfig, AutoTokenizer, GenerationConfig, ModelLoadError } from "@helium-lm/helium";

const [folder, program] = [process.cwd(), process.argv[1]];
const elsewhere = mkdtempSync(join(tmpdir(), "helium-elsewhere-"));
afterEach(() => {
  process.chdir(folder);
  process.argv[1] = program!;
  rmSync(elsewhere, { recursive: true, force: true });
});

it("a model that ships is had by its name, where its package is installed", async () => {
  expect((await AutoConfig.fromPretrained("helium-nano")).modelType).toBe("helium");
  const tokenizer = await AutoTokenizer.fromPretrained("helium-nano-langid");
  expect(tokenizer.encode("Wo ist der Bahnhof?").length).toBeGreaterThan(3);
  expect(await GenerationConfig.fromPretrained("helium-nano")).toMatchObject({ bosTokenId: 1, eosTokenId: 2 });

  process.chdir(elsewhere);
  process.argv[1] = join(elsewhere, "program.js");
  for (const type of [AutoConfig, AutoTokenizer]) {
    const attempt = type.fromPretrained("helium-nano");
    await expect(attempt).rejects.toBeInstanceOf(ModelLoadError);
    await expect(attempt).rejects.toThrow(
      /^@helium-lm\/model-helium-nano: is not installed; run npm install @helium-lm\/model-helium-nano, or give/,
    );
  }
});
