import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { helium } from "../run-helium.ts";

let folder = "";
let [input, output] = ["", ""];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "helium-batch-redis-"));
  [input, output] = [join(folder, "in.jsonl"), join(folder, "out.jsonl")];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (body: object): void =>
  writeFileSync(input, `${JSON.stringify({ custom_id: "a", method: "POST", url: "/v1/completions", body })}\n`);

/** Nobody listens there. */
const nowhere = "redis://:secret@127.0.0.1:1";

describe("helium batch --redis", () => {
  it("leaves to the workers how models compute", async () => {
    write({ model: "m", prompt: "a" });
    for (const [option, ...value] of [["--dtype", "f16"], ["--models", "m"], ["--max-sequences", "4"], ["--strict"]])
      expect(await helium(["batch", input, output, "--redis", nowhere, option ?? "", ...value])).toEqual({
        code: 2,
        out: "",
        err: `helium batch: takes ${option} without --redis only; give it to helium worker, which has the models\n`,
      });
  });

  it("wants to know the model of each line, from the line or from --model", async () => {
    write({ prompt: "a" });
    const { code, err } = await helium(["batch", input, output, "--redis", nowhere]);
    expect([code, err]).toEqual([
      2,
      `helium batch: ${input} has a line without body.model ("a"); write the model there, or give --model for such lines\n`,
    ]);
    expect((await helium(["batch", input, output, "--redis", nowhere, "--model", "m"])).err).toMatch(/ECONNREFUSED/);
  });

  it("says where there is no Redis, without the password, and leaves nothing behind", async () => {
    write({ model: "m", prompt: "a" });
    const told =
      /^redis: redis:\/\/127\.0\.0\.1:1 cannot be used: connect ECONNREFUSED 127\.0\.0\.1:1; is it running there\?\n$/;
    const { code, out, err } = await helium(["batch", input, output, "--redis", nowhere]);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(told);
    const asJson = await helium(["batch", input, output, "--redis", nowhere, "--json"]);
    expect(asJson.err).toMatch(/^\{"error":\{"name":"RedisError","subject":"redis"/);
    expect(asJson.err).not.toMatch(/secret/);
    expect(existsSync(`${output}.journal`)).toBe(false);
    expect((await helium(["worker", "--redis", nowhere])).err).toMatch(told);
  });
});

describe("helium worker", () => {
  it("needs an address, and takes its models once", async () => {
    expect((await helium(["worker"])).err).toBe(
      "helium worker: needs --redis, the address of the Redis that has the lines\n",
    );
    expect((await helium(["worker", "--redis", "http://:secret@h"])).err).toMatch(
      /^redis: begins with http:\/\/; expected (?!.*secret)/,
    );
    const twice = await helium(["worker", "a", "--model", "b", "--redis", nowhere]);
    expect(twice.err).toMatch(/takes models as arguments or with --model, not both/);
  });
});
