/** `massgen --dry-run`: every setting and who said so, the prompts, and what it may cost. Nothing is called or written. */
import { homedir } from "node:os";
import { describeTeam, settingsText } from "../../config/describe.ts";
import { clean } from "../../displays/clean.ts";
import { preview } from "../../library/preview.ts";
import type { Io } from "../io.ts";
import { previewText } from "../preview-text.ts";
import { problemText } from "../print-error.ts";
import { loadFor, withoutConfig } from "../session-for.ts";
import type { Settings } from "../settings.ts";

export async function dryRun(io: Io, settings: Settings): Promise<number> {
	const around = { env: io.env, cwd: io.cwd, home: homedir(), warn: (text: string) => io.stderr.write(`${clean(text)}\n`) };
	const loaded = loadFor(settings, around, {
		overrides: settings.overrides,
		purpose: "look",
		stored: await withoutConfig(settings, around),
	});
	const described = describeTeam(loaded);
	for (const warning of loaded.warnings) io.stderr.write(`${problemText(warning)}\n\n`);
	const question = settings.question ?? loaded.team.prompt ?? "(your question)";
	const previewed = preview(loaded.team, question, new Date().toISOString().slice(0, 10));
	io.stdout.write(
		settings.output === "text"
			? `${settingsText(described).trimEnd()}\n${previewText(previewed)}\n`
			: `${JSON.stringify({ settings: described, preview: previewed }, null, 2)}\n`,
	);
	return 0;
}
