import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../config/package-root.ts";

/** Name and version of this program: written into sessions, for those who find events they do not know. */
export function program(): string {
	const manifest: unknown = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"));
	return `massgen ${typeof manifest === "object" && manifest !== null && "version" in manifest ? String(manifest.version) : "unknown"}`;
}
