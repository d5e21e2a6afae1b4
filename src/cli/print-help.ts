import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../config/package-root.ts";
import type { Io } from "./io.ts";

/** The text that was made at build time, for `-qh` and other ways to ask that `bin/massgen.js` does not see. */
export function printHelp(name: string, io: Io): number {
	io.stdout.write(readFileSync(join(packageRoot(), "dist/help", `${name}.txt`), "utf8"));
	return 0;
}
