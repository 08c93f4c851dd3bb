/**
 * `node scripts/tables/families-table.ts [--check]`: writes docs/families.md from the family table, or says whether it is up to
 * date.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { format } from "prettier";
import type { FamilyDefinition, KeyRef } from "../../packages/helium/src/config/index.ts";
import type { FamilyName } from "../../packages/helium/src/families/index.ts";
import type { HeadName } from "../../packages/helium/src/heads/index.ts";
import "../workspace-sources.ts";

const { families } = await import("../../packages/helium/src/families/index.ts");
const { architectureOf, autoClassOf } = await import("../../packages/helium/src/heads/architectures.ts");
const { DecoderConfig } = await import("../../packages/helium/src/config/index.ts");

/** The release whose classes are listed. */
const TRANSFORMERS = "5.23.0";

/**
 * Heads that transformers has no class for, by its sources (`models/auto/modeling_auto.py`). All other names were found
 * there as `architectureOf` gives them.
 */
const missingInTransformers: Partial<Record<FamilyName, readonly HeadName[]>> = {
  gemma3_text: ["token-classification"],
  olmo2: ["token-classification"],
  granite: ["sequence-classification", "token-classification"],
  cohere: ["sequence-classification", "token-classification"],
};

const { headNames: heads } = await import("../../packages/helium/src/heads/index.ts");

const all = Object.entries(families) as readonly (readonly [FamilyName, FamilyDefinition])[];
const code = (text: string): string => `\`${text}\``;
const isKey = (source: unknown): source is KeyRef => typeof source === "object" && source !== null && "key" in source;

function rotary({ rope, traits }: FamilyDefinition): string {
  const part = rope.partial === undefined ? "" : `, ${rope.partial === 1 ? "part" : rope.partial} of a head`;
  const some = traits.useRope ? `, layers by ${code(traits.useRope.key)}` : "";
  const perLayer = rope.byLayerType ? ", a set for each layer type" : "";
  return `${traits.ropePairing}${part}${perLayer}${some}`;
}

function theta({ rope }: FamilyDefinition): string {
  const sections = rope.byLayerType ? Object.entries(rope.byLayerType) : [];
  const thetas = sections.map(([type, section]) => `${type.replace("_attention", "")} ${section.theta}`);
  return thetas.length > 0 ? thetas.join(", ") : String(rope.theta);
}

function norms({ traits }: FamilyDefinition, modelType: FamilyName): string {
  const { norm, norms: names } = new DecoderConfig({ modelType }).traits;
  const kind =
    norm.kind === "layer"
      ? "layer"
      : { "f32-mul": "RMS", "cast-then-mul": "RMS, cast first", "one-plus": "RMS, 1 + w" }[norm.weightMode];
  const places = {
    preAttn: "before attention",
    postAttn: "after attention",
    preMlp: "before MLP",
    postMlp: "after MLP",
  };
  const present = (Object.keys(places) as (keyof typeof places)[]).filter((place) => names[place] !== null);
  const where =
    traits.block === "parallel"
      ? "one for both"
      : present.length === 4
        ? "before and after both"
        : traits.norms
          ? present.map((place) => places[place]).join(", ")
          : "before both";
  return `${kind}; ${where}`;
}

function qkNorm({ qkNorm: norm }: FamilyDefinition["traits"]): string {
  if (!norm) return "–";
  const kind = {
    perHead: "over each head",
    eachHead: "over each head, own weights",
    fullWidth: "over the whole width",
  };
  return kind[norm.kind] + (norm.onlyIf ? `, if ${code(norm.onlyIf)}` : "");
}

function biases({ qkvBias, oBias, mlpBias }: FamilyDefinition["traits"]): string {
  const parts = Object.entries({ "q, k, v": qkvBias, o: oBias, MLP: mlpBias });
  const some = parts.flatMap(([part, bias]) => {
    if (isKey(bias)) return [`${part}: ${code(bias.key)}`];
    return bias === true ? [`${part}: always`] : [];
  });
  return some.join("; ") || "–";
}

function window({ window: given }: FamilyDefinition["traits"]): string {
  return given ? `${code(given.key)}, ${given.layers === "all" ? "all layers" : "sliding layers"}` : "–";
}

function more({ traits, rope, fields }: FamilyDefinition): string {
  const scale = traits.attnScale;
  const notes: (string | false)[] = [
    traits.block === "parallel" && "attention and MLP side by side",
    traits.fusedQkv === true && "fused q, k, v",
    traits.fusedGateUp === true && "fused gate and up",
    scale !== undefined &&
      (isKey(scale)
        ? `scores × ${code(scale.key)}`
        : typeof scale === "object" && `scores ÷ √${code(scale.inverseSqrtOf)}`),
    isKey(traits.attnSoftcap) && `scores capped by ${code(traits.attnSoftcap.key)}`,
    isKey(traits.finalSoftcap) && `logits capped by ${code(traits.finalSoftcap.key)}`,
    traits.embedScale !== undefined &&
      (isKey(traits.embedScale)
        ? `embeddings × ${code(traits.embedScale.key)}`
        : typeof traits.embedScale === "object" && `embeddings × √${code(traits.embedScale.sqrtOf)}`),
    isKey(traits.residualScale) && `residual sums × ${code(traits.residualScale.key)}`,
    isKey(traits.logitScale) && `logits × ${code(traits.logitScale.key)}`,
    isKey(traits.logitDivisor) && `logits ÷ ${code(traits.logitDivisor.key)}`,
    traits.bidirectional !== undefined && `sees both ways if ${code(traits.bidirectional.key)}`,
    traits.oProjIn !== undefined && "square o_proj",
    rope.types !== undefined && `rotary types ${rope.types.join(", ")} only`,
    fields.tie_word_embeddings === true && "tied by default",
  ];
  return notes.filter((note) => note !== false).join("; ") || "–";
}

const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

const className = (name: FamilyName, head: HeadName): string =>
  missingInTransformers[name]?.includes(head) ? "–" : code(architectureOf(families[name], head));
const onlyHere = Object.entries(missingInTransformers).map(
  ([name, missing]) => `- ${code(name)}: ${missing.map((head) => code(autoClassOf(head))).join(", ")}`,
);

const page = `# Families

<!-- Written by scripts/tables/families-table.ts from packages/helium/src/families; change those. -->

Every family runs through one decoder block; a family is a file of config defaults and traits. All four heads exist for all
families: load them with the Auto classes, which read \`model_type\`.

## Heads

The class of transformers ${TRANSFORMERS} for each head. A dash: transformers has no such class for the family, and the head
works here through the Auto class.

${table(
  ["family", ...heads.map((head) => code(autoClassOf(head)))],
  all.map(([name]) => [code(name), ...heads.map((head) => className(name, head))]),
)}

Only here:

${onlyHere.join("\n")}

A checkpoint of such a head names its class in \`architectures\` like any other (\`GraniteForTokenClassification\`);
transformers cannot load it, this project can. Sequence classification pools the last token that is not padding and has no
bias, token classification has one, as in the families that transformers has these heads for.

## Traits

What sets a family apart. A name in code is the config key that decides; "–": the family has nothing of the kind.

${table(
  ["family", "rotary pairs", "θ", "norms", "q/k norm", "biases", "window"],
  all.map(([name, family]) => [
    code(name),
    rotary(family),
    theta(family),
    norms(family, name),
    qkNorm(family.traits),
    biases(family.traits),
    window(family.traits),
  ]),
)}

${table(
  ["family", "besides"],
  all.map(([name, family]) => [code(name), more(family)]),
)}

## A family of your own

\`registerFamily\` takes the same data at run time; \`describeFamily\` of \`@helium-lm/helium/testing\` then holds it to its
traits over random tiny configs:

\`\`\`ts
import { registerFamily } from "@helium-lm/helium";
import { describeFamily } from "@helium-lm/helium/testing";

registerFamily(mine);
describeFamily(mine.modelType);
\`\`\`
`;

const { values } = parseArgs({ options: { check: { type: "boolean" } } });
const file = new URL("../../docs/families.md", import.meta.url);
const text = await format(page, { parser: "markdown", printWidth: 120 });
if (!values.check) writeFileSync(file, text);
else if (!existsSync(file) || readFileSync(file, "utf8") !== text) {
  console.error("docs/families.md is out of date; run: node scripts/tables/families-table.ts");
  process.exitCode = 1;
}
