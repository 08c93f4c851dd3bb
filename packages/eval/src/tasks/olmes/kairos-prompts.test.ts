import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { MultipleChoiceItem } from "../../prompt/item.ts";
import { expectedOf, syntheticItems } from "../../testing/synthetic-items.ts";
import { task } from "../tasks.ts";

interface Pinned {
  readonly items: readonly string[];
  readonly first: readonly (readonly (readonly [string, string])[])[];
}

/** Kyutai's own evaluation makes them; see scripts/reference/eval/make_olmes_prompts.py. */
const expected = expectedOf("prompts-olmes") as Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<"mcf" | "cf", Pinned>>>>>
>;

const cases = Object.entries(expected).flatMap(([name, byShots]) =>
  Object.entries(byShots).flatMap(([shots, forms]) =>
    Object.entries(forms).map(([form, pinned]) => ({ name: `${name}_${form}`, shots: parseInt(shots), pinned })),
  ),
);

describe("prompts of OLMES as Kyutai's evaluation makes them", () => {
  it.each(cases)("$name, $shots-shot", async ({ name, shots, pinned }) => {
    const pairs = ((await syntheticItems(task(name), shots)) as readonly MultipleChoiceItem[]).map(({ requests }) =>
      requests.map(({ context, continuation }) => [context, continuation]),
    );
    expect(pairs.slice(0, pinned.first.length)).toEqual(pinned.first);
    const hashes = pairs.map((requests) =>
      createHash("sha256").update(requests.flat().join("\0")).digest("hex").slice(0, 16),
    );
    expect(hashes).toEqual(pinned.items);
  });
});
