// A page that times products on GPU.js.
import { offerTasks } from "../../testing/browser/tasks.ts";
import { gpuJsMatmul } from "./gpujs-matmul.ts";

offerTasks({ matmul: gpuJsMatmul });
