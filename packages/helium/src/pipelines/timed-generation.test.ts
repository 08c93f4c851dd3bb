import { expect, it } from "vitest";
import { AutoModelForCausalLM, AutoTokenizer } from "@helium-lm/helium";
import { root } from "../../../../testing/repository.ts";
import { timedGeneration } from "./timed-generation.ts";

it("hands out the whole prompt, then what is new", async () => {
  const folder = `${root}models/helium-nano`;
  using model = await AutoModelForCausalLM.fromPretrained(folder, { backend: "cpu" });
  const tokenizer = await AutoTokenizer.fromPretrained(folder);
  const inputIds = tokenizer.encode("Once upon a time", { addSpecialTokens: false });
  const parts: { text: string; isPrompt: boolean }[] = [];
  const { text, completion, tokens } = await timedGeneration(model, tokenizer, {
    ...{ inputIds, maxNewTokens: 3, room: 100, options: { doSample: false } },
    onText: (part, isPrompt) => parts.push({ text: part, isPrompt }),
  });
  expect(text).toBe(tokenizer.decode([...inputIds, ...tokens]));
  expect(parts[0]).toEqual({ text: tokenizer.decode(inputIds), isPrompt: true });
  expect(parts.slice(1).map((part) => part.text).join("")).toBe(completion); // prettier-ignore
});
