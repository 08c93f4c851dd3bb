import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as nn from "@helium-lm/nn";
import * as tensor from "@helium-lm/tensor";
import { BackendError, HeliumLmError, WorkersRefusedError } from "@helium-lm/tensor";
import * as quant from "@helium-lm/tensor/quant";
import * as errors from "../../errors.ts";
import { ConfigError, LogitsError, HubNotFoundError, ChatTemplateError, TokenizerFileError } from "../../errors.ts";
import { fromWire, toWire } from "./wire-error.ts";

/** As it comes out on the other side. */
const crossed = (thrown: unknown): unknown => fromWire(structuredClone(toWire(thrown)));

describe("an error that crosses to another thread", () => {
  test.each([
    new LogitsError("generate", "a NaN", { step: 3, row: 0, token: 7, given: NaN }),
    new HubNotFoundError("org/name", "is not there", { status: 404 }),
    new ConfigError({ file: "config.json", key: "vocab_size", given: -1, expected: "a size", mend: "mend it" }),
    new TokenizerFileError("tokenizer.json", { field: "model", problem: "is missing", mend: "add it" }),
    new ChatTemplateError("chat template", "line 3 is no expression"),
    new WorkersRefusedError("the page forbids them"),
    new RangeError("too far"),
    new DOMException("was aborted", "AbortError"),
  ])("has its class, message and data: $name", (error) => {
    const other = crossed(error) as typeof error;
    expect(Object.getPrototypeOf(other)).toBe(Object.getPrototypeOf(error));
    expect(other).toMatchObject({ name: error.name, message: error.message });
    expect({ ...other }).toEqual({ ...error });
    if (!(error instanceof DOMException)) expect(other.stack).toBe(error.stack);
  });

  describe("is of any class that the packages declare", () => {
    const isErrorClass = (value: unknown): value is typeof HeliumLmError =>
      typeof value === "function" && (value === HeliumLmError || value.prototype instanceof HeliumLmError);
    const exported = [tensor, quant, nn, errors].flatMap((module) => Object.entries(module));
    const known = new Map(exported.filter(([, value]) => isErrorClass(value)) as [string, typeof HeliumLmError][]);
    const declared = ["tensor", "nn", "helium"].flatMap((name) => {
      const source = readFileSync(new URL(`../../../../${name}/src/errors.ts`, import.meta.url), "utf8");
      return [...source.matchAll(/^export class (\w+)/gm)].map(([, className = ""]) => className);
    });

    test.each(declared)("%s", (name) => {
      const { prototype } = known.get(name)!;
      const thrown: unknown = Object.setPrototypeOf(
        new HeliumLmError("x", "is y; expected z", { given: 1 }),
        prototype,
      );
      const other = crossed(thrown);
      expect(Object.getPrototypeOf(other)).toBe(prototype);
      expect(other).toMatchObject({ name, subject: "x", details: { given: 1 } });
    });
  });

  test("causes come too, down to a depth", () => {
    const cause = new BackendError("wasm", "no memory", { bytes: 5 });
    const other = crossed(new LogitsError("generate", "failed", {}, { cause }));
    expect(other).toMatchObject({ cause: { subject: "wasm", details: { bytes: 5 } } });
    expect((other as Error).cause).toBeInstanceOf(BackendError);
    const endless = new Error("again");
    endless.cause = endless;
    expect(crossed(endless)).toBeInstanceOf(Error);
  });

  test("a class that only one side knows becomes the nearest one that both know, with its own name", () => {
    class OwnError extends HeliumLmError {}
    const other = crossed(new OwnError("own", "broke", { why: () => 1, list: [1] }));
    expect(other).toBeInstanceOf(HeliumLmError);
    expect(other).toMatchObject({ name: "OwnError", subject: "own", details: { list: [1], why: "() => 1" } });
  });

  test("what is no error comes as it is, or as text", () => {
    expect(crossed("text")).toBe("text");
    expect(crossed({ code: 5 })).toEqual({ code: 5 });
    expect(crossed(undefined)).toBeUndefined();
    expect(crossed(Symbol("x"))).toBe("Symbol(x)");
  });
});
