import fc from "fast-check";
import { expect, test } from "vitest";
import { packedLength, packHalves, unpackHalves } from "./packing.ts";

const halves = fc.uint16Array({ maxLength: 100 });

test("packed patterns come back bit for bit", () => {
  fc.assert(
    fc.property(halves, (given) => {
      expect(unpackHalves(packHalves(given), given.length)).toEqual(given);
    }),
    { seed: 1 },
  );
});

test("three patterns take two floats, each a whole number below 2^24", () => {
  fc.assert(
    fc.property(halves, (given) => {
      const packed = packHalves(given);
      expect(packed.length).toBe(packedLength(given.length));
      expect(packed.length).toBe(2 * Math.ceil(given.length / 3));
      expect(packed.every((value) => Number.isInteger(value) && value >= 0 && value < 2 ** 24)).toBe(true);
    }),
    { seed: 1 },
  );
});
