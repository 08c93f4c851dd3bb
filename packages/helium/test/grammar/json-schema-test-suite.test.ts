import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { UnsupportedGrammarError } from "../../src/errors.ts";
import { schemaStart } from "../../src/testing/grammar/schema-acceptor.ts";
import { verdictOf } from "../../src/testing/grammar/schema-verdict.ts";
import { fixturePath, readFixture } from "../../../../testing/fixtures.ts";
import { isCut } from "../../../../testing/short-form.ts";

interface Group {
  readonly description: string;
  readonly schema: unknown;
  readonly tests: readonly (readonly [description: string, value: unknown, isValid: boolean])[];
}

/** The JSON-Schema-Test-Suite as scripts/reference/make_json_schema_suite.py packs it. */
const suite = JSON.parse(gunzipSync(readFileSync(fixturePath("json-schema-test-suite.json.gz"))).toString()) as {
  readonly drafts: Readonly<Record<string, Readonly<Record<string, readonly Group[]>>>>;
  readonly remotes: Readonly<Record<string, never>>;
};

/** Groups by name that are refused, by keyword, and tests that are told otherwise, by reason. */
const known = readFixture<{
  readonly refused: Readonly<Record<string, readonly string[]>>;
  readonly otherwise: readonly { readonly reason: string; readonly tests: readonly string[] }[];
}>("json-schema-test-suite-known.json");

const metaschemas: Readonly<Record<string, string>> = {
  draft4: "http://json-schema.org/draft-04/schema#",
  draft6: "http://json-schema.org/draft-06/schema#",
  draft7: "http://json-schema.org/draft-07/schema#",
  "draft2019-09": "https://json-schema.org/draft/2019-09/schema",
  "draft2020-12": "https://json-schema.org/draft/2020-12/schema",
};

/** The tests that a group tells otherwise than the suite does, or the keyword by which it is refused. */
function outcomeOf(draft: string, { schema, tests }: Group): { readonly keyword: string } | readonly string[] {
  const named = typeof schema === "object" ? { $schema: metaschemas[draft], ...schema } : schema;
  try {
    const start = schemaStart(named, { schemas: suite.remotes });
    const wrong = tests.filter(([, value, isValid]) => {
      const { isAccepted, refusedLayouts } = verdictOf(start, value);
      return isAccepted !== isValid || refusedLayouts.length > 0;
    });
    return wrong.map(([description]) => description);
  } catch (error) {
    if (error instanceof UnsupportedGrammarError) return { keyword: error.keyword };
    if (!(error instanceof Error) || !error.message.includes("no text at all")) throw error;
    return tests.filter(([, , isValid]) => isValid).map(([description]) => description);
  }
}

describe("JSON-Schema-Test-Suite", () => {
  for (const [draft, files] of Object.entries(suite.drafts)) {
    it(`${draft}: every group is told rightly, or refused by name`, () => {
      const groups = Object.entries(files).flatMap(([file, all]) =>
        all.map((group) => ({ name: `${draft}/${file}: ${group.description}`, group })),
      );
      const run = groups.filter((_, index) => index % 4 === 0 || !isCut("JSON-Schema-Test-Suite"));
      const refused: string[] = [];
      const wrong: string[] = [];
      for (const { name, group } of run) {
        const outcome = outcomeOf(draft, group);
        if ("keyword" in outcome) refused.push(`${outcome.keyword} ${name}`);
        else wrong.push(...outcome.map((test) => `${name}: ${test}`));
      }
      const names = new Set(run.map(({ name }) => name));
      const isOfRun = (name: string): boolean => [...names].some((one) => name === one || name.startsWith(`${one}: `));
      const knownRefused = Object.entries(known.refused).flatMap(([keyword, all]) =>
        all.filter(isOfRun).map((name) => `${keyword} ${name}`),
      );
      expect(refused.sort()).toEqual(knownRefused.sort());
      expect(wrong.sort()).toEqual(known.otherwise.flatMap(({ tests }) => tests.filter(isOfRun)).sort());
    });
  }
});
