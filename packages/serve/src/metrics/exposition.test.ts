import fc from "fast-check";
import parsePrometheus from "parse-prometheus-text-format";
import { expect, it } from "vitest";
import { Counter } from "./counter.ts";
import { exposition } from "./exposition.ts";
import { Histogram } from "./histogram.ts";

const label = fc.string({ unit: fc.constantFrom("a", "B", "ü", "\\", '"', "\n", " ", "{", "}", ",", "=") });

it("is read back by a parser that others wrote", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(label, fc.nat())), (added) => {
      const counter = new Counter();
      const sums = new Map<string, number>();
      for (const [name, amount] of added) {
        counter.add({ name }, amount);
        sums.set(name, (sums.get(name) ?? 0) + amount);
      }
      const text = exposition([
        { names: ["a_total", "vllm:a_total"], help: 'Of "a" and \\ so on.', type: "counter", of: counter },
      ]);
      const families = parsePrometheus(text);
      if (sums.size === 0) expect(text).toBe("");
      else
        for (const [at, name] of ["a_total", "vllm:a_total"].entries()) {
          expect(families[at]).toMatchObject({ name, type: "COUNTER" });
          const read = families[at]?.metrics.map(({ labels, value }) => [labels?.["name"], Number(value)]);
          expect(read).toEqual([...sums]);
        }
    }),
    { seed: 1 },
  );
});

it("a histogram counts what is up to each bound, and all", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { minLength: 1 }), (values) => {
      const histogram = new Histogram([0.5, 1, 10]);
      for (const value of values) histogram.observe({}, value);
      const [family] = parsePrometheus(exposition([{ names: ["h"], help: "h", type: "histogram", of: histogram }]));
      const [metric] = family?.metrics ?? [];
      const upTo = (bound: number): string => String(values.filter((value) => value <= bound).length);
      expect(family?.type).toBe("HISTOGRAM");
      expect(metric?.buckets).toEqual({ "0.5": upTo(0.5), "1": upTo(1), "10": upTo(10), "+Inf": upTo(Infinity) });
      expect(Number(metric?.count)).toBe(values.length);
      expect(Number(metric?.sum)).toBeCloseTo(values.reduce((sum, value) => sum + value, 0));
    }),
    { seed: 1 },
  );
});
