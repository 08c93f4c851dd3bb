import { AutoModelForCausalLM, AutoTokenizer } from "@helium-lm/helium";
import { EndpointScorer, EngineScorer, type EvaluatedModel, type Scorer } from "@helium-lm/eval";
import type { CliIo } from "../../terminal/cli-io.ts";
import { openModel } from "../../options/open-model.ts";
import { UsageError } from "../../options/option-table.ts";
import type { EvalOptions } from "./eval-options.ts";

/** What scores, and what reports say of it; disposing frees the model. */
export interface OpenScorer extends Disposable {
  readonly scorer: Scorer;
  readonly model: Omit<EvaluatedModel, "facts">;
}

/** The server's model, or the one that is loaded here. */
export async function openScorer(options: EvalOptions, io: CliIo): Promise<OpenScorer> {
  return options.endpoint === undefined ? openEngine(options, io) : openEndpoint(options.endpoint, options, io);
}

async function openEngine(options: EvalOptions, io: CliIo): Promise<OpenScorer> {
  const opened = await openModel(AutoModelForCausalLM, "helium-nano", options, io);
  const { model, tokenizer } = opened;
  const name = options.model ?? "helium-nano";
  const scorer = new EngineScorer({
    model,
    tokenizer,
    name,
    facts: { dtype: options.dtype ?? "auto", kvDType: options.kvDtype ?? "f32" },
    ...(options.kvDtype !== undefined && { kvDType: options.kvDtype }),
    ...(options.addBos && { addBosToken: true }),
    ...(options.maxLength !== undefined && { maxLength: options.maxLength }),
    ...(options.budget !== undefined && { budget: options.budget }),
  });
  const token = (text: string | null, id: number | null): readonly [string, number] | null =>
    text === null || id === null ? null : [text, id];
  return {
    scorer,
    model: {
      name,
      source: "engine",
      tokens: {
        pad: token(tokenizer.padToken, tokenizer.padTokenId),
        eos: token(tokenizer.eosToken, tokenizer.eosTokenId),
        bos: token(tokenizer.bosToken, tokenizer.bosTokenId),
      },
    },
    [Symbol.dispose]: () => {
      scorer.dispose();
      opened[Symbol.dispose]();
    },
  };
}

async function openEndpoint(url: string, options: EvalOptions, io: CliIo): Promise<OpenScorer> {
  const { endpointModel: model } = options;
  if (model === undefined)
    throw new UsageError("helium eval", "--endpoint needs --endpoint-model <name>, the model's name on the server");
  const apiKey = io.env["OPENAI_API_KEY"];
  const scorer = new EndpointScorer({
    url,
    model,
    addBosToken: options.addBos,
    ...(options.tokenizer !== undefined && { tokenizer: await AutoTokenizer.fromPretrained(options.tokenizer) }),
    ...(options.maxLength !== undefined && { maxLength: options.maxLength }),
    ...(apiKey !== undefined && apiKey !== "" && { apiKey }),
  });
  return { scorer, model: { name: scorer.name, source: "endpoint" }, [Symbol.dispose]: () => undefined };
}
