export {} from "../index.ts";
