import type { LoadOptions } from "../../src/config/load.ts";

/** Loads without running: no environment, no home, no shipped examples. */
export const looking: LoadOptions = { cwd: "/nowhere", home: "/nowhere", env: {}, examplesDirectory: "/nowhere", purpose: "look" };
