import { expect, test } from "vitest";
import { nextTurn } from "../../event-loop.ts";
import { noStats } from "../engine-handle.ts";
import type { FromWorker, Message } from "./protocol.ts";
import { TokenOutbox } from "./token-outbox.ts";

const tokenOf = (id: number, index: number): FromWorker["tokens"]["tokens"][number] => ({
  id,
  token: { id: 7, index },
  stats: noStats,
});

test("tokens wait for those of their pass, and what is said behind them does not overtake them", () => {
  const posted: Message<FromWorker>[] = [];
  const outbox = new TokenOutbox((message) => posted.push(message));
  outbox.flush();
  outbox.add(tokenOf(0, 0));
  outbox.add(tokenOf(1, 0));
  expect(posted).toEqual([]);
  outbox.flush();
  const first: Message<FromWorker> = { kind: "tokens", tokens: [tokenOf(0, 0), tokenOf(1, 0)] };
  expect(posted).toEqual([first]);
  outbox.add(tokenOf(1, 1));
  const warning: Message<FromWorker> = { kind: "warning", id: 1, message: "behind the token" };
  outbox.send(warning);
  expect(posted).toEqual([first, { kind: "tokens", tokens: [tokenOf(1, 1)] }, warning]);
});

test("tokens behind which no pass comes do not wait for one", async () => {
  const posted: Message<FromWorker>[] = [];
  const outbox = new TokenOutbox((message) => posted.push(message));
  outbox.add(tokenOf(0, 0));
  await nextTurn();
  await nextTurn();
  expect(posted).toEqual([{ kind: "tokens", tokens: [tokenOf(0, 0)] }]);
});
