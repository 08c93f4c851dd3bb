import { sizeOf } from "../../../layout.ts";
import type { FusedKernels } from "../../../contract/kernels.ts";
import type { KernelContext } from "../kernel-context.ts";
import { address, unravel } from "../source/addressing.ts";
import { KernelText } from "../source/kernel-text.ts";

/** Rotary embedding, one thread per element: it reads its pair and the pair's angle. */
export const ropeKernels = (context: KernelContext): Pick<FusedKernels, "rope"> => ({
  rope(out, { x, cos, sin, positions }, { pairing }) {
    context.schedule("rope", out, [x, cos, sin, positions], function* (target) {
      const [N = 0, H = 0, D = 0] = out.layout.shape;
      const [M = 0, half = 0] = cos.layout.shape;
      const length = sizeOf(out.layout.shape);
      if (length === 0) return;
      const text = new KernelText(length);
      const read = text.input("x", yield* context.source("rope", x));
      const readCos = text.input("cos", yield* context.source("rope", cos));
      const readSin = text.input("sin", yield* context.source("rope", sin));
      const readPosition = text.input("positions", yield* context.source("rope", positions));
      text.argument("pairs", "Integer", half);
      text.argument("xStep", "Integer", x.layout.strides[2] ?? 0);
      text.argument("cosStep", "Integer", cos.layout.strides[1] ?? 0);
      text.argument("sinStep", "Integer", sin.layout.strides[1] ?? 0);
      unravel(text, "i", [
        ["n", N],
        ["h", H],
        ["d", D],
      ]);
      const row = address(text, { name: "x", layout: x.layout }, ["n", "h"]);
      const place = address(text, { name: "positions", layout: positions.layout }, ["n"]);
      text.float("position", readPosition(place));
      text.line(
        `if (position < 0) { position = 0; } if (position > ${text.argument("last", "Float", M - 1)}) { position = last; }`,
      );
      text.int("angle", text.call("toInteger", "position"));
      const cosRow = address(text, { name: "cos", layout: cos.layout }, ["angle"]);
      const sinRow = address(text, { name: "sin", layout: sin.layout }, ["angle"]);
      // The pair's number, the distance of its elements, its first element, and which of the two this thread is.
      text.argument("two", "Integer", 2);
      if (pairing === "interleaved") {
        text.int("pair", text.div("d", "two"));
        text.int("first", "pair * two");
        text.int("apart", "two - 1");
      } else {
        text.int("pair", "d");
        text.line("if (d >= pairs) { pair = d - pairs; }");
        text.int("first", "pair");
        text.int("apart", "pairs");
      }
      text.float("result", read(`${row} + d * xStep`));
      text.line("if (d < two * pairs) {");
      text.float("a", read(`${row} + first * xStep`));
      text.float("b2", read(`${row} + (first + apart) * xStep`));
      text.float("c", readCos(`${cosRow} + pair * cosStep`));
      text.float("s", readSin(`${sinRow} + pair * sinStep`));
      text.line("result = a * c - b2 * s;");
      text.line("if (d > first) { result = b2 * c + a * s; }");
      text.line("}");
      text.result("result", out.dtype);
      context.residency.putDevice(target, yield* context.execute("rope", text));
    });
  },
});
