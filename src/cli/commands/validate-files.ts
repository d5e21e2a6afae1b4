/** `massgen validate FILE...`: everything that is wrong with configurations; nothing is called or written. */
import { homedir } from "node:os";
import { defaultConfig } from "../../config/locate.ts";
import { examplesDirectory } from "../../config/package-root.ts";
import { type FileReport, isBad, validateFiles } from "../../config/validate-files.ts";
import { UsageError } from "../../errors.ts";
import type { Spec } from "../command.ts";
import type { Io } from "../io.ts";
import { parse } from "../parse.ts";
import { problemText } from "../print-error.ts";

const validateSpec = {
	name: "validate",
	usage: "massgen validate [FILE|FOLDER|PATTERN|@examples/NAME]...",
	about: "Check configurations without running them; variables need not be set. Exit code 1 if one is wrong.",
	words: { max: Number.POSITIVE_INFINITY, hint: "massgen validate team.yaml" },
	options: {
		strict: { kind: "flag", group: "Options", describe: "Warnings count as errors." },
		"allow-unknown": { kind: "flag", group: "Options", describe: "Unknown keys are warnings." },
		json: { kind: "flag", group: "Options", describe: "The findings as JSON." },
		help: { kind: "flag", alias: "h", group: "Options", describe: "This text." },
	},
	examples: [
		["massgen validate team.yaml", "one file"],
		["massgen validate teams --strict", "all YAML files of a folder, warnings too"],
	],
} as const satisfies Spec;

export const specs: readonly Spec[] = [validateSpec];

export async function run(words: readonly string[], io: Io): Promise<number> {
	const { values, words: names } = parse(validateSpec, words);
	const places = { cwd: io.cwd, home: homedir() };
	const own = names.length === 0 ? defaultConfig(places) : undefined;
	if (names.length === 0 && own === undefined)
		throw new UsageError("There is nothing to validate.", "Name a file: massgen validate team.yaml");
	const reports = validateFiles(own === undefined ? names : [own], {
		...places,
		env: io.env,
		examplesDirectory: examplesDirectory(),
		allowUnknown: values["allow-unknown"],
	});
	const bad = reports.filter((report) => isBad(report, values.strict)).length;
	if (values.json) {
		const files = reports.map((report) => ({ file: report.file, valid: !isBad(report, values.strict), problems: report.problems }));
		io.stdout.write(`${JSON.stringify({ valid: bad === 0, files }, null, 2)}\n`);
	} else {
		for (const report of reports) show(report, values.strict, io);
	}
	return bad === 0 ? 0 : 1;
}

function show(report: FileReport, strict: boolean, io: Io): void {
	const { file, problems, team } = report;
	for (const problem of problems) io.stderr.write(`${problemText(problem)}\n\n`);
	const warnings = problems.filter(({ severity }) => severity === "warning").length;
	const errors = problems.length - warnings;
	const found = [errors > 0 ? count(errors, "error") : "", warnings > 0 ? count(warnings, "warning") : ""]
		.filter((part) => part !== "")
		.join(", ");
	const agents = team === undefined ? "" : `, ${count(team.agents.length, "agent")}`;
	io.stdout.write(`${file}: ${isBad(report, strict) ? "cannot be used" : "can be used"}${agents}${found === "" ? "" : ` (${found})`}\n`);
}

function count(number: number, noun: string): string {
	return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
