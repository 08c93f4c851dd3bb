// Builds the packages in the order of their dependencies: tensor ← nn ← helium.
import { run } from "./toolchain.mjs";

for (const name of ["tensor", "nn", "helium"]) await run("npm", ["run", "build", "--workspace", `@helium-lm/${name}`]);
