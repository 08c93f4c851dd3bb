import type { Backend } from "./contract/backend.ts";
import type { StorageHandle } from "./contract/operand.ts";
import { ShapeError } from "./errors.ts";

/** Rows of a quantised matrix that a part written alone holds a multiple of, but for the last part. */
export const PART_ROWS = 32;

/**
 * Fills a storage with `total` bytes that come in order and in parts, each used before the next is asked for; of a quantised
 * matrix every part but the last holds a multiple of `PART_ROWS` rows. A backend that writes no parts gets them as one.
 *
 * @throws ShapeError when they are more or fewer; what the parts throw
 */
export async function writeParts(
  backend: Backend,
  handle: StorageHandle,
  total: number,
  parts: AsyncIterable<Uint8Array>,
): Promise<void> {
  const whole = backend.writePart ? null : new Uint8Array(total);
  let written = 0;
  for await (const part of parts) {
    if (written + part.length > total) throw wrongSize(written + part.length, total);
    if (whole) whole.set(part, written);
    else backend.writePart?.(handle, written, part);
    written += part.length;
  }
  if (written !== total) throw wrongSize(written, total);
  if (whole) backend.write(handle, whole);
}

function wrongSize(given: number, expected: number): ShapeError {
  return new ShapeError("writeParts", `parts of ${given} bytes or more do not fit a storage of ${expected}`, {
    given,
    expected,
  });
}
