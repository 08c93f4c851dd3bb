import type { Sample, SampleMetric, SampleRequest, SampleResponse } from "../../src/report/results.ts";

interface Line {
  readonly doc_id: number;
  readonly doc: Readonly<Record<string, unknown>>;
  readonly arguments: Readonly<
    Record<string, { readonly arg_0: string; readonly arg_1?: string | GenerationArguments }>
  >;
  readonly resps: readonly (readonly Answer[])[];
  readonly filtered_resps: readonly Answer[];
  readonly filter: string;
  readonly metrics: readonly string[];
  readonly doc_hash: string;
  readonly prompt_hash: string;
  readonly target_hash: string;
}

interface GenerationArguments {
  readonly until: readonly string[];
  readonly max_gen_toks: number;
}

type Answer = string | readonly [string, string];

/** A sample as it must have been for a line of lm-evaluation-harness, which has answers and targets as texts. */
export function sampleOfLine(text: string): Sample {
  const line = JSON.parse(text) as Line;
  const isRolling = Object.values(line.arguments).some(({ arg_1 }) => arg_1 === undefined);
  const responseOf = (answer: Answer | undefined): SampleResponse => {
    if (answer === undefined) throw new Error("a request has an answer");
    if (typeof answer !== "string") return { logprob: Number(answer[0]), isGreedy: answer[1] === "True" };
    return isRolling ? { logprob: Number(answer), tokens: 1 } : answer;
  };
  const values = line as unknown as Readonly<Record<string, SampleMetric>>;
  return {
    docId: line.doc_id,
    doc: line.doc,
    target: (line.doc["gold"] ?? line.doc["answers"] ?? line.doc["page"]) as Sample["target"],
    requests: Object.values(line.arguments).map(requestOf),
    responses: line.resps.map(([answer]) => responseOf(answer)),
    filtered: line.filtered_resps.map(responseOf),
    filter: line.filter,
    metrics: Object.fromEntries(line.metrics.map((name) => [name, values[name] ?? NaN])),
    hashes: { doc: line.doc_hash, prompt: line.prompt_hash, target: line.target_hash },
  };
}

function requestOf({ arg_0, arg_1 }: { arg_0: string; arg_1?: string | GenerationArguments }): SampleRequest {
  if (arg_1 === undefined) return { kind: "loglikelihood_rolling", text: arg_0 };
  if (typeof arg_1 === "string") return { kind: "loglikelihood", context: arg_0, continuation: arg_1 };
  return { kind: "generate_until", context: arg_0, until: arg_1.until, maxNewTokens: arg_1.max_gen_toks };
}
