// A page that times products on GPU.js.
import { offerTasks } from "../../packages/tensor/test/browser/tasks.ts";
import { gpuJsMatmul } from "./gpujs-matmul.ts";

offerTasks({ matmul: gpuJsMatmul });
