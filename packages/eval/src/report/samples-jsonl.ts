import { PythonFloat, pythonFloat, pythonJson } from "../python/json.ts";
import { pythonStr } from "../python/repr.ts";
import type { Sample, SampleMetric, SampleRequest, SampleResponse } from "./results.ts";
import { generationKwargs } from "./task-config.ts";

/**
 * Samples as lines of JSON, each with its line break, in the form of lm-evaluation-harness (0.4.13): the keys and their order,
 * answers as texts, hashes. The harness writes them for `--log_samples`.
 */
export function* samplesJsonl(samples: Iterable<Sample>): Generator<string, void> {
  for (const sample of samples) yield `${pythonJson(sampleRecord(sample), { indent: null })}\n`;
}

function sampleRecord(sample: Sample): Readonly<Record<string, unknown>> {
  const { hashes, metrics } = sample;
  return {
    doc_id: sample.docId,
    doc: sample.doc,
    target: pythonStr(sample.target),
    arguments: Object.fromEntries(sample.requests.map((request, i) => [`gen_args_${i}`, argumentsOf(request)])),
    resps: sample.responses.map((response) => [asTexts(response)]),
    filtered_resps: sample.filtered.map(asTexts),
    filter: sample.filter,
    metrics: Object.keys(metrics),
    doc_hash: hashes.doc,
    prompt_hash: hashes.prompt,
    target_hash: hashes.target,
    ...Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, valueOf(value)])),
  };
}

function argumentsOf(request: SampleRequest): Readonly<Record<string, unknown>> {
  if (request.kind === "loglikelihood") return { arg_0: request.context, arg_1: request.continuation };
  if (request.kind === "generate_until")
    return { arg_0: request.context, arg_1: { ...generationKwargs(request), temperature: new PythonFloat(0) } };
  return { arg_0: request.text };
}

/** A figure is a `float`; of log-probability and number of words the first is. */
function valueOf(value: SampleMetric): unknown {
  if (typeof value === "number") return new PythonFloat(value);
  return value.map((part, i) => (typeof part === "number" && i === 0 ? new PythonFloat(part) : part));
}

function asTexts(response: SampleResponse): string | readonly string[] {
  if (typeof response === "string") return response;
  const logprob = pythonFloat(response.logprob);
  return "isGreedy" in response ? [logprob, response.isGreedy ? "True" : "False"] : logprob;
}
