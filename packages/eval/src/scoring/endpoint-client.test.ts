import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ClosedPort } from "../../../../testing/closed-port.ts";
import { TestServer, type Reply } from "../../test/helpers/test-server.ts";
import { EndpointError } from "../errors.ts";
import { EndpointClient, type EndpointClientOptions } from "./endpoint-client.ts";

const KEY = "sk-very-secret-0123";
let server: TestServer;

beforeEach(async () => {
  server = await TestServer.start();
});
afterEach(() => server.close());

const clientOf = (options: Partial<EndpointClientOptions> = {}): EndpointClient =>
  new EndpointClient({ url: server.url, apiKey: KEY, retry: { attempts: 3, backoffMs: 1 }, ...options });

const post = (options?: Partial<EndpointClientOptions>): Promise<unknown> =>
  clientOf(options).post("/v1/completions", { a: 1 });

async function failureOf(promise: Promise<unknown>): Promise<EndpointError> {
  const error = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(EndpointError);
  // Neither message nor data nor stack.
  const { message, details, stack, cause } = error as EndpointError;
  expect(JSON.stringify([message, details, stack, String(cause)])).not.toContain(KEY);
  expect(message).not.toContain("\n");
  return error as EndpointError;
}

test.each<[string, Reply, RegExp]>([
  [
    "vLLM's refusal",
    {
      json: { object: "error", message: "This model's maximum context length is 1024 tokens.", code: 400 },
      status: 400,
    },
    /completions: refuses the request \(400\), "This model's maximum context length is 1024 tokens\."; check .*maxLength/,
  ],
  [
    "OpenAI's refusal, which repeats the key",
    { json: { error: { message: `Incorrect API key provided: ${KEY}.` } }, status: 401 },
    /refuses the request \(401\), "Incorrect API key provided: …\."; check the API key$/,
  ],
  [
    "FastAPI's refusal",
    { json: { detail: [{ loc: ["body", "prompt"], msg: "Input should be a valid string" }] }, status: 422 },
    /refuses the request \(422\), "Input should be a valid string"/,
  ],
  [
    "a page that is not there",
    { text: "<html><h1>Not found</h1></html>", status: 404 },
    /refuses the request \(404\); check the address/,
  ],
  [
    "a text",
    { text: "model\nnot \u001b[31mloaded", status: 400 },
    /refuses the request \(400\), "model not \[31mloaded"/,
  ],
  [
    "lists in lists without end",
    { text: "[".repeat(9000) + "]".repeat(9000), status: 400 },
    /refuses the request \(400\), "\[\[/,
  ],
  [
    "a redirect",
    { text: "", status: 308, headers: { location: "http://other/v1?k=1" } },
    /redirects to "http:\/\/other\/v1"; give the address/,
  ],
  [
    "a web page",
    { text: `<!doctype html>\n<title>${KEY}</title>` },
    /answers with a web page, "<!doctype html> <title>…<\/title>"; expected an answer of the completions API: check its port/,
  ],
  ["half of an answer", { text: '{"choices": [{"index": 0, "te' }, /answers with what is no JSON, "{\\"choices/],
  ["NaN", { text: '{"choices":[NaN]}' }, /no JSON.*writes NaN/],
  ["nothing", { text: "" }, /answers with what is no JSON, ""/],
])("%s is one line with the address and the mend, at once", async (_, reply, message) => {
  server.reply = () => reply;
  const { message: given, subject } = await failureOf(post());
  expect(given).toMatch(message);
  expect(subject).toBe(`${server.url}/v1/completions`);
  expect(server.seen).toHaveLength(1);
});

test.each([408, 429, 500, 503])("status %d is tried again, with patience", async (status) => {
  let count = 0;
  server.reply = () => (++count < 3 ? { json: { error: "busy" }, status } : { json: { fine: true } });
  expect(await post()).toEqual({ fine: true });
  expect(server.seen.map(({ text }) => text)).toEqual(['{"a":1}', '{"a":1}', '{"a":1}']);
  count = -10;
  const { message, details } = await failureOf(post());
  expect(message).toMatch(new RegExp(`answered ${status} again and again, "busy"; `));
  expect(details).toMatchObject({ status });
  expect(server.seen).toHaveLength(6);
});

test("a server's Retry-After is kept, and one that is too long is no use", async () => {
  server.reply = () => ({ json: {}, status: 429, headers: { "retry-after": "3600" } });
  const { message } = await failureOf(post());
  expect(message).toMatch(/answered 429.*, and asks for 3600 s of patience; lower concurrency/);
  expect(server.seen).toHaveLength(1);
});

test("a connection that cannot be made, or breaks off, is tried again", async () => {
  await using nowhere = await ClosedPort.take();
  const { message } = await failureOf(post({ url: `http://127.0.0.1:${nowhere.port}` }));
  expect(message).toMatch(/gives no answer \(.*ECONNREFUSED.*\); check that the server runs/);
  server.reply = () => ({ json: 1 });
  const send = vi.fn<typeof fetch>(() => Promise.reject(new TypeError(`fetch failed for Bearer ${KEY}`)));
  expect((await failureOf(post({ fetch: send }))).message).toMatch(/\(fetch failed for Bearer …\)/);
  expect(send).toHaveBeenCalledTimes(3);
});

test("a server that says nothing is given up", async () => {
  server.reply = () => null;
  const send = vi.fn(fetch);
  const { message } = await failureOf(post({ timeoutMs: 20, retry: { attempts: 2, backoffMs: 1 }, fetch: send }));
  expect(message).toMatch(/gives no answer \(no data for 0\.02 s\)/);
  expect(send).toHaveBeenCalledTimes(2);
});

test("a key that no header can hold is refused before it is sent, and is in no message", async () => {
  const made = Promise.resolve().then(() => clientOf({ apiKey: `${KEY}\n` }));
  expect((await failureOf(made)).message).toMatch(/the API key has a space, a line break/);
});

test("without a key none is sent", async () => {
  server.reply = () => ({ json: 1 });
  const { apiKey: _, ...options } = { url: server.url, apiKey: "" };
  await new EndpointClient(options).get("/v1/models");
  expect(server.seen[0]?.headers.authorization).toBeUndefined();
});
