import { expect, it } from "vitest";
import { printable } from "./style.ts";

it("keeps text, newline and tab, and shows control characters as symbols", () => {
  expect(printable("Größe\t😀\n▁")).toBe("Größe\t😀\n▁");
  expect(printable("\u0000\u0007\b\r\u001b[2J\u007f\u009b")).toBe("␀␇␈␍␛[2J␡\ufffd");
});
