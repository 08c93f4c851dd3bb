import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { loadConversation, saveConversation, type SavedConversation } from "./saved-conversation.ts";

const folder = mkdtempSync(join(tmpdir(), "helium-saved-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const fresh = (): string => join(folder, `${files++}.json`);

const written = (text: string): string => {
  const path = fresh();
  writeFileSync(path, text);
  return path;
};

const sample: SavedConversation = {
  model: "org/name",
  messages: [
    { role: "system", content: "Be brief" },
    { role: "user", content: "Hello\n\u001b[31m" },
    { role: "assistant", content: "Hi", reasoning_content: "greet" },
  ],
  settings: { temperature: 0.7, topP: 0.9, topK: 40, seed: 3, maxNewTokens: 100 },
};

describe("saveConversation", () => {
  it("writes what OpenAI's API takes", async () => {
    const path = fresh();
    await saveConversation(path, sample);
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({
      model: "org/name",
      messages: sample.messages,
      ...{ temperature: 0.7, top_p: 0.9, top_k: 40, seed: 3, max_tokens: 100 },
    });
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  it("replaces a conversation, with the rights of the file, but nothing else", async () => {
    const path = fresh();
    await saveConversation(path, sample);
    chmodSync(path, 0o600);
    await saveConversation(path, { ...sample, model: "other" });
    expect((await loadConversation(path)).model).toBe("other");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const notes = written("my notes");
    await expect(saveConversation(notes, sample)).rejects.toThrow(/exists and is no saved conversation/);
    expect(readFileSync(notes, "utf8")).toBe("my notes");
    await expect(saveConversation(folder, sample)).rejects.toThrow(/is no file/);
    await expect(saveConversation(join(folder, "missing", "a.json"), sample)).rejects.toThrow(/cannot be written/);
  });

  it("gives back what was saved", async () => {
    const message = fc.record({ role: fc.constantFrom("user", "assistant"), content: fc.string({ unit: "binary" }) });
    const number = fc.option(fc.nat(1000), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(
        fc.array(message, { minLength: 1, maxLength: 6 }),
        number,
        number,
        async (messages, seed, topK) => {
          const path = fresh();
          const settings = { ...(seed !== undefined && { seed }), ...(topK !== undefined && { topK }) };
          await saveConversation(path, { model: "m", messages, settings });
          expect(await loadConversation(path)).toEqual({ model: "m", messages, settings });
        },
      ),
      { seed: 1, numRuns: 50 },
    );
  });
});

describe("loadConversation", () => {
  const messages = [{ role: "user", content: "Hi" }];
  it.each([
    ["no JSON", "{", /is no JSON: /],
    ["a list", "[]", /the file holds no object; expected a conversation/],
    ["no messages", "{}", /messages is missing; expected a list of messages/],
    ["empty messages", '{"messages": []}', /messages is a list/],
    ["a message that is a text", '{"messages": ["Hi"]}', /messages\[0\] is a string; expected an object/],
    [
      "an unknown role",
      '{"messages": [{"role": "tool", "content": ""}]}',
      /messages\[0\]\.role is "tool"; expected system, user, assistant/,
    ],
    ["no role", '{"messages": [{"content": ""}]}', /messages\[0\]\.role is missing/],
    [
      "a late system message",
      JSON.stringify({ messages: [...messages, { role: "system", content: "" }] }),
      /in the first place only/,
    ],
    ["no content", '{"messages": [{"role": "user"}]}', /messages\[0\]\.content is missing; expected a text/],
    [
      "an image",
      '{"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}',
      /messages\[0\]\.content is a list/,
    ],
    [
      "a temperature that is a text",
      JSON.stringify({ messages, temperature: "hot" }),
      /temperature is "hot"; expected a number/,
    ],
    ["half a seed", JSON.stringify({ messages, seed: 0.5 }), /seed is 0\.5/],
    ["a model that is a number", JSON.stringify({ messages, model: 1 }), /model is a number/],
    [
      "thoughts that are none",
      JSON.stringify({ messages: [{ ...messages[0], reasoning_content: 1 }] }),
      /reasoning_content is a number/,
    ],
  ])("refuses %s", async (_, text, message) => {
    await expect(loadConversation(written(text))).rejects.toThrow(message);
  });

  it("names a file that is not there", async () => {
    await expect(loadConversation(join(folder, "none"))).rejects.toThrow(/none: cannot be read: ENOENT/);
  });

  it("reads what other programs write: parts, developers, fields that it does not know", async () => {
    const path = written(
      JSON.stringify({
        messages: [
          { role: "developer", content: "x" },
          {
            role: "user",
            name: "me",
            content: [
              { type: "text", text: "a" },
              { type: "text", text: "b" },
            ],
          },
        ],
        ...{ temperature: null, stream: true },
      }),
    );
    expect(await loadConversation(path)).toEqual({
      model: "",
      messages: [
        { role: "system", content: "x" },
        { role: "user", content: "ab" },
      ],
      settings: {},
    });
  });
});
