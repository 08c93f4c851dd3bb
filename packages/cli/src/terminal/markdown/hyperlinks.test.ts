import { expect, it } from "vitest";
import { followsLinks } from "./hyperlinks.ts";
import { safeLink } from "./spans.ts";

it("tells terminals that follow links by their environment", () => {
  expect(followsLinks({})).toBe(false);
  expect(followsLinks({ TERM: "xterm-256color" })).toBe(false);
  expect(followsLinks({ TERM: "xterm-kitty" })).toBe(true);
  expect(followsLinks({ TERM: "xterm-256color", VTE_VERSION: "7200" })).toBe(true);
  expect(followsLinks({ TERM: "xterm-256color", VTE_VERSION: "7200", TMUX: "/tmp/x" })).toBe(false);
  expect(followsLinks({ FORCE_HYPERLINK: "1", TMUX: "/tmp/x" })).toBe(true);
  expect(followsLinks({ FORCE_HYPERLINK: "0", TERM_PROGRAM: "vscode" })).toBe(false);
});

it("leads to the web and to mail only, in ASCII", () => {
  expect(safeLink("https://example.org/a?b=ü \u001b\u0007")).toBe("https://example.org/a?b=%C3%BC%20%1B%07");
  expect(safeLink("HTTP://example.org")).toBe("HTTP://example.org");
  expect(safeLink("mailto:a@b.c")).toBe("mailto:a@b.c");
  expect(safeLink("https://a/\ud800")).toBe("https://a/%EF%BF%BD");
  for (const link of ["javascript:x", "file:///etc", "//a", "", "data:x", `https://${"a".repeat(3000)}`])
    expect(safeLink(link)).toBeNull();
});
