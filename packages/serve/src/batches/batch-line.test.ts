import fc from "fast-check";
import { expect, test } from "vitest";
import { BatchLineError, batchUrls, parseBatchLine } from "./batch-line.ts";

const good = { custom_id: "a", method: "POST", url: "/v1/chat/completions", body: { messages: [] } };
const refused = (change: object | string): unknown => {
  const text = typeof change === "string" ? change : JSON.stringify({ ...good, ...change });
  try {
    return parseBatchLine(text);
  } catch (error) {
    expect(error).toBeInstanceOf(BatchLineError);
    return (error as BatchLineError).problem;
  }
};

test("a line of OpenAI's guide is read, whatever stands around it", () => {
  const text =
    '{"custom_id": "request-1", "method": "POST", "url": "/v1/chat/completions", "body": {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hello world!"}],"max_tokens": 1000}}';
  expect(parseBatchLine(`${text}\r`)).toEqual(JSON.parse(text));
  // vLLM's reader takes it as said.
  expect(parseBatchLine('{"custom_id":"a","url":"/v1/tag","body":{}}').method).toBe("POST");
});

test.each([
  ["{", { code: "invalid_json_line", message: "line: is not JSON; write one object in each line", param: null }],
  ["[".repeat(100_000), { code: "invalid_json_line", param: null }],
  [
    "[1]",
    { code: "invalid_request", message: expect.stringMatching("line: is a list; expected {") as string, param: null },
  ],
  ["null", { code: "invalid_request", param: null }],
  [{ custom_id: undefined }, { code: "missing_required_parameter", param: "custom_id" }],
  [
    { custom_id: 7 },
    { code: "invalid_request", message: "custom_id: is a number; expected a text by which you find the answer" },
  ],
  [{ custom_id: "" }, { code: "invalid_request", param: "custom_id" }],
  [{ custom_id: "x".repeat(513) }, { code: "invalid_custom_id", param: "custom_id" }],
  [{ method: "GET" }, { code: "invalid_method", message: 'method: is "GET"; expected "POST"' }],
  [{ url: undefined }, { code: "missing_required_parameter", param: "url" }],
  [
    { url: "/v1/models" },
    { code: "invalid_url", message: expect.stringMatching('url: is "/v1/models"; expected one of /v1/chat') as string },
  ],
  [{ url: "/v1/chat/completions/" }, { code: "invalid_url" }],
  [{ url: "http://elsewhere/v1/completions" }, { code: "invalid_url" }],
  [{ body: undefined }, { code: "missing_required_parameter", param: "body" }],
  [{ body: "text" }, { code: "invalid_request", param: "body" }],
  [{ body: { stream: true } }, { code: "invalid_request", param: "body.stream" }],
])("%j is refused, with what is wrong", (change, problem) => {
  expect(refused(change)).toMatchObject(problem);
});

test("whatever a line is, it is a request or an error of ours", () => {
  const field = fc.oneof(fc.jsonValue(), fc.constantFrom("a", "POST", ...batchUrls));
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc
          .record({ custom_id: field, method: field, url: field, body: field }, { requiredKeys: [] })
          .map((v) => JSON.stringify(v)),
      ),
      (text) => {
        try {
          const line = parseBatchLine(text);
          expect(batchUrls).toContain(line.url);
          expect(line.method).toBe("POST");
        } catch (error) {
          expect(error).toBeInstanceOf(BatchLineError);
        }
      },
    ),
    { seed: 1 },
  );
});
