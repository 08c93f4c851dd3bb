import { readFileSync } from "node:fs";

const prompts = [
  "Once upon a time",
  "The disk is",
  "Um das System zu installieren,",
  "Pour installer le système,",
  "A",
];

/** Requests for texts of drawn lengths, some of them drawn by a seed. @param random uniform in [0, 1) */
export function batchLines(count: number, random: () => number): readonly object[] {
  return Array.from({ length: count }, (_, i) => {
    const sampling = i % 3 === 0 ? { temperature: 0.8, seed: i } : { temperature: 0 };
    const prompt = `${prompts[Math.floor(random() * prompts.length)]} ${i}`;
    const max_tokens = 4 + Math.floor(random() * 28);
    return {
      ...{ custom_id: `line-${i}`, method: "POST", url: "/v1/completions" },
      body: { model: "helium-nano", prompt, max_tokens, ...sampling },
    };
  });
}

/** What an output says of each request: its custom_id, status and text. */
export function answersIn(path: string): readonly (readonly [id: string, status: number, text: string])[] {
  return readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => {
      const { custom_id, response } = JSON.parse(line) as {
        readonly custom_id: string;
        readonly response: { readonly status_code: number; readonly body: { readonly choices: { text: string }[] } };
      };
      return [custom_id, response.status_code, response.body.choices[0]?.text ?? ""];
    });
}
