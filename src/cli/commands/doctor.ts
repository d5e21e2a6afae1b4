/** `massgen doctor`: what this machine has to make a team of, and what is missing. */
import type { Spec } from "../command.ts";
import { examine } from "../doctor/examine.ts";
import { reportText } from "../doctor/text.ts";
import type { Io } from "../io.ts";
import { parse } from "../parse.ts";

const doctorSpec = {
	name: "doctor",
	usage: "massgen doctor [--probe]",
	about: "What there is to make a team of: keys, local servers, coding CLIs, the configuration, the place for sessions.",
	words: { max: 0, hint: "massgen doctor takes flags only." },
	options: {
		probe: { kind: "flag", group: "Options", describe: "Call every model once, with a few words: does it answer, does it call tools?" },
		config: { kind: "text", value: "PATH", group: "Options", describe: "Look at this team; otherwise at the one that would be used." },
		json: { kind: "flag", group: "Options", describe: "One JSON document." },
		help: { kind: "flag", alias: "h", group: "Options", describe: "This text." },
	},
	examples: [
		["massgen doctor", ""],
		["massgen doctor --probe --config team.yaml", "a real call to every model of a team; it may cost a fraction of a cent"],
	],
	epilogue:
		"Exit code 0 if some model can be used, 1 if none can. Keys are never printed whole. Without --probe nothing leaves this machine.",
} as const satisfies Spec;

export const specs: readonly Spec[] = [doctorSpec];

export async function run(words: readonly string[], io: Io): Promise<number> {
	const { values } = parse(doctorSpec, words);
	const report = await examine(io, { config: values.config, probe: values.probe });
	io.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report));
	return report.ok ? 0 : 1;
}
