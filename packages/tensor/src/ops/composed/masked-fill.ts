import type { Tensor } from "../../tensor.ts";
import { where } from "../where.ts";

/** x with `value` where mask (bool, broadcast) is true: `mask ? value : x`. @throws DTypeError unless mask is bool */
export const maskedFill = (x: Tensor, mask: Tensor, value: number): Tensor => where(mask, value, x);
