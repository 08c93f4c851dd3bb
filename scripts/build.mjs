// Builds the packages in the order of their dependencies, tensor ← nn ← helium ← eval, serve ← cli, and links the `helium` command.
import { run } from "./toolchain.mjs";

for (const name of ["tensor", "nn", "helium", "eval", "serve", "cli"])
  await run("npm", ["run", "build", "--workspace", `packages/${name}`]);

// npm links the programs of a workspace only if they exist when it installs.
await run("npm", ["rebuild", "--silent", "--ignore-scripts", "helium-lm"]);
