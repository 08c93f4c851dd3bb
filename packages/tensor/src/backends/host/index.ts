/** What a backend with storages in the JavaScript heap is made of; see examples/own-backend. */
export { HostBackend } from "./host-backend.ts";
export { arrayOf } from "./host-memory.ts";
export { anyDType, anyFormat, f32Activations, takingEveryDType } from "./accepts.ts";
export { kernelEntry, tableOf } from "../../contract/kernel-table.ts";
