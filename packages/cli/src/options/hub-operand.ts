import { parseHubId, type HubId } from "@helium-lm/helium";
import { UsageError } from "../usage-error.ts";

/** The one operand of a command, which names a model of the hub. @throws UsageError */
export function hubOperand(subject: string, operands: readonly string[], model: string | undefined): HubId {
  const [given] = operands;
  if (given === undefined || operands.length > 1)
    throw new UsageError(subject, `takes one model as <org>/<name>, given ${operands.length}`);
  if (model !== undefined) throw new UsageError(subject, "takes the model as operand, not by --model");
  const id = parseHubId(given);
  if (id !== null) return id;
  throw new UsageError(
    subject,
    `${JSON.stringify(given)} names no model of the hub; expected <org>/<name>, <org>/<name>@<revision>`,
    { given },
  );
}
