import { expect, test } from "vitest";
import { endpointAddress } from "./endpoint-address.ts";

test.each([
  ["http://localhost:8000", "http://localhost:8000/v1/completions", "http://localhost:8000/tokenize"],
  ["http://localhost:8000/", "http://localhost:8000/v1/completions", "http://localhost:8000/tokenize"],
  ["http://localhost:8000/v1", "http://localhost:8000/v1/completions", "http://localhost:8000/tokenize"],
  ["http://localhost:8000/v1/completions", "http://localhost:8000/v1/completions", "http://localhost:8000/tokenize"],
  ["https://a.example/llm/v1/", "https://a.example/llm/v1/completions", "https://a.example/llm/tokenize"],
  ["https://a.example/m/completions", "https://a.example/m/completions", "https://a.example/m/tokenize"],
])("%s", (url, completions, tokenize) => {
  const { of, shown } = endpointAddress(url);
  expect([of("/v1/completions"), of("/tokenize"), shown]).toEqual([completions, tokenize, completions]);
});

test("a query goes with requests, and into no message", () => {
  const { of, shown } = endpointAddress("https://a.example/v1?api-version=2&key=secret");
  expect(of("/v1/completions")).toBe("https://a.example/v1/completions?api-version=2&key=secret");
  expect(shown).toBe("https://a.example/v1/completions");
});

test.each([
  ["localhost:8000", /^localhost:8000: is no address of a server/],
  ["", /is no address of a server/],
  ["ftp://a.example?key=secret", /^ftp:\/\/a\.example: is no address/],
  ["http://me:secret@a.example/v1", /^http:\/\/a\.example\/v1: has a user name or a password/],
  ["http://me:secret@", /^http:\/\/: is no address/],
  ["http://a.example/v1/chat/completions", /is for conversations.*http:\/\/a\.example\/v1\/completions$/],
])("%s is refused", (url, message) => {
  expect(() => endpointAddress(url)).toThrow(message);
  expect(() => endpointAddress(url)).not.toThrow(/secret/);
});
