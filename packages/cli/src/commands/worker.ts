import { defineCommand } from "../command.ts";
import { workerOptions } from "../options/worker-options.ts";

export const worker = defineCommand({
  name: "worker",
  operands: "[model…]",
  operandKinds: ["model"],
  summary: "answer lines of helium batch --redis, beside other workers",
  details: `Takes lines from a Redis into which helium batch --redis puts them, of the models that it has and by the names that lines
ask for, and leaves the answers there. Start as many as you like, on any machines, before or after the lines are there. At SIGTERM
or Ctrl-C it takes no more, finishes what it has begun, and gives back what is not finished in time; the lines of a worker that was
killed are taken by others. With --json, one line is printed once it takes lines: {"redis", "models", "concurrency"}. Needs the
packages bullmq and ioredis beside this one.`,
  examples: [
    ["helium worker --redis redis://queue", "a small model"],
    [
      "helium worker ./model.gguf --alias gpt-4o-mini --redis rediss://queue:6380",
      "a file, also for lines that name another model; encrypted, and with the password in REDISCLI_AUTH",
    ],
  ],
  options: workerOptions,
  without: ["gpujsMode"],
  run: async (given, io) => (await import("../runs/run-worker.ts")).runWorker(given, io),
});
