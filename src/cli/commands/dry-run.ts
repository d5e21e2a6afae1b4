/** `massgen --dry-run`: what would be asked, setting by setting, and who said so. Nothing is called or written. */
import { homedir } from "node:os";
import { describeTeam, settingsText } from "../../config/describe.ts";
import type { Io } from "../io.ts";
import { problemText } from "../print-error.ts";
import { loadFor } from "../session-for.ts";
import type { Settings } from "../settings.ts";

export function dryRun(io: Io, settings: Settings): number {
	const loaded = loadFor(settings, { env: io.env, cwd: io.cwd, home: homedir() }, { overrides: settings.overrides, purpose: "look" });
	const described = describeTeam(loaded);
	for (const warning of loaded.warnings) io.stderr.write(`${problemText(warning)}\n\n`);
	io.stdout.write(
		settings.output === "text" ? `${settingsText(described).trimEnd()}\n` : `${JSON.stringify({ settings: described }, null, 2)}\n`,
	);
	return 0;
}
