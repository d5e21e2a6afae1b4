/** The report as people read it. */
import { count, dollars, list, seconds } from "../../displays/words.ts";
import type { ProbeReport, Report, TeamReport } from "./report.ts";

export function reportText(report: Report): string {
	const { massgen, node, platform, store, sessions, prices } = report;
	const sqlite = store.sqlite === null ? store.problem : `SQLite ${store.sqlite} (${store.driver})`;
	return [
		`massgen ${massgen}, Node ${node} on ${platform}, ${sqlite}`,
		section("Keys", keys(report)),
		section("Local servers", servers(report)),
		section("Coding CLIs", clis(report)),
		section(
			report.team.config === null ? "Without a configuration a question would be asked of" : `Configuration ${report.team.config}`,
			team(report.team),
		),
		section("Sessions", [`${sessions.directory}: ${sessions.problem ?? "can be written"}`]),
		section("Prices", [`as of ${prices.date}; a configuration can give newer ones (prices:)`]),
		...(report.probes === null
			? []
			: [section("Probe", report.probes.length === 0 ? ["there is no model to call"] : report.probes.map(probe))]),
		`\n${verdict(report)}\n`,
	].join("\n");
}

function section(title: string, lines: readonly string[]): string {
	return `\n${title}\n${lines.map((line) => `  ${line.replaceAll("\n", "\n  ")}`).join("\n")}`;
}

function keys({ keys: found }: Report): string[] {
	if (found.length === 0) return ["none: massgen --setup stores one"];
	const width = Math.max(...found.map(({ variable }) => variable.length));
	return found.map(
		({ variable, masked, from, backends }) => `${variable.padEnd(width)}  ${masked.padEnd(6)}  for ${list(backends)}, from ${from}`,
	);
}

function servers({ servers: found }: Report): string[] {
	if (found.length === 0) return ["none answers at the usual ports of Ollama, LM Studio, llama.cpp, vLLM and SGLang"];
	return found.map(({ title, base_url, models }) => {
		const more = models.length > 4 ? ` and ${models.length - 4} more` : "";
		return `${title} at ${base_url}: ${models.slice(0, 4).join(", ")}${more}`;
	});
}

const logins = { yes: "logged in", no: "not logged in.", unknown: "whether it is logged in shows only when it is asked" } as const;

function clis({ clis: found }: Report): string[] {
	return found.map(({ title, path, version, login, hint }) => {
		if (path === null) return `${title}: not installed. ${hint ?? ""}`.trimEnd();
		return `${title}${version === null ? "" : ` ${version}`} (${path}): ${logins[login]}${hint === null ? "" : ` ${hint}`}`;
	});
}

function team({ agents, problems }: TeamReport): string[] {
	if (problems.length > 0) return [...problems];
	if (agents.length === 0) return ["nobody: nothing was found"];
	return agents.map(
		({ id, backend, model, problem }) =>
			`${id}: ${model ?? backend}${model === null ? "" : ` (${backend})`}${problem === null ? "" : `. ${problem}`}`,
	);
}

function probe({
	backend,
	model,
	ok,
	latency_ms,
	called_tool,
	input_tokens,
	output_tokens,
	cost_usd,
	price,
	error,
	hint,
}: ProbeReport): string {
	const name = model === null ? backend : `${model} (${backend})`;
	if (!ok) return `${name}: ${error}${hint === null ? "" : `\n  ${hint}`}`;
	const tokens = input_tokens === null ? "tokens unknown" : `${input_tokens} tokens in, ${output_tokens} out`;
	const rate = price === null ? "price unknown" : `$${price.input} in and $${price.output} out per million`;
	const cost = cost_usd === null ? "" : `${dollars(cost_usd)}; `;
	return `${name}: answered in ${seconds(latency_ms)}, ${called_tool ? "called the tool" : "called no tool"}; ${tokens}, ${cost}${rate}`;
}

function verdict({ ok, probes, team: { agents, problems } }: Report): string {
	if (problems.length > 0) return "The configuration cannot be used: massgen --validate shows where it is wrong.";
	if (probes && ok) return `${count(probes.filter((result) => result.ok).length, "model")} of ${probes.length} answered.`;
	if (probes && probes.length > 0) return "No model answered.";
	if (!ok) return 'No model can be used yet. massgen --setup stores a key; massgen --simulate "your question" works without.';
	const ready = agents.filter(({ problem }) => problem === null).length;
	if (ready < agents.length) return `${count(ready, "agent")} of ${agents.length} can work.`;
	return `Ready: massgen "your question"${probes ? "" : "      massgen doctor --probe calls every model once"}`;
}
