export { listen, type Listening, type ListenOptions } from "./listen.ts";
export { pinoLog, type LogLevel } from "./pino-log.ts";
export { serve, type ServedModels, type ServeOptions } from "./serve.ts";
