import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { Ajv2019 } from "ajv/dist/2019.js";
import { Ajv2020 } from "ajv/dist/2020.js";
import { createRequire } from "node:module";
import type { FormatsPlugin } from "ajv-formats";

// Its types and its module do not agree on where the function is.
const formats = createRequire(import.meta.url)("ajv-formats") as FormatsPlugin;

/** ajv-formats asks of some one line to be base64; a certificate with its header has such lines, and is none. */
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

interface Verdict {
  readonly isValid: boolean;
  readonly reason: string;
}

/** What ajv says of a test of a schema; null where it cannot read the schema. */
export function ajvVerdict(path: string, test: number): Verdict | null {
  const { schema, tests } = JSON.parse(readFileSync(path, "utf8")) as {
    readonly schema: Record<string, unknown>;
    readonly tests: readonly { readonly data: unknown }[];
  };
  const draft = typeof schema.$schema === "string" ? schema.$schema : "2020-12";
  const Kind = /draft-0[3467]/.test(draft) ? Ajv : draft.includes("2019-09") ? Ajv2019 : Ajv2020;
  const ajv = new Kind({ strict: false, validateSchema: false, logger: false, allowUnionTypes: true });
  formats(ajv);
  ajv.addFormat("byte", base64);
  try {
    const validate = ajv.compile(modern(schema) as object);
    const isValid = validate(tests[test]?.data);
    return { isValid, reason: isValid ? "valid" : ajv.errorsText(validate.errors) };
  } catch {
    return null;
  }
}

/** What draft 4 says otherwise than ajv reads it: boolean bounds and `id`. */
function modern(schema: Record<string, unknown>): unknown {
  const isOld = typeof schema.$schema === "string" && /draft-0[34]/.test(schema.$schema);
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    const node = { ...value } as Record<string, unknown>;
    if (key === "") delete node.$schema;
    if (isOld && typeof node.id === "string") delete node.id;
    for (const [open, bound] of [
      ["exclusiveMinimum", "minimum"],
      ["exclusiveMaximum", "maximum"],
    ] as const) {
      if (typeof node[open] !== "boolean") continue;
      const isOpen = node[open];
      delete node[open];
      if (isOpen) node[open] = node[bound];
    }
    return node;
  }) as unknown;
}
