import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

test("every row of what is promised has a test or the reason why it has none, and docs/rows.md says which", () => {
	const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, "../scripts/rows.mjs"), "--check"], {
		encoding: "utf8",
	});
	expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
