/** What has happened as lines that scroll away, and below them one line per agent that is kept up to date. */
import ora from "ora";
import type { AgentId, Turn } from "../core/types.ts";
import { agentLines, type Live, live } from "./agents.ts";
import { clean } from "./clean.ts";
import type { Display, DisplaySetup } from "./display.ts";
import type { Line } from "./line.ts";
import { narrate } from "./narrate.ts";
import { type Paint, paint } from "./paint.ts";
import { summary } from "./summary.ts";
import { count, seconds } from "./words.ts";

const colors = { fact: undefined, detail: "dim", problem: "yellow", decision: "green" } as const;

export function create({ sink, verbose, typed = () => "" }: DisplaySetup): Display {
	const tint = paint(sink.colors);
	const streaming = new Map<AgentId, Live>();
	let startedAt = Date.now();
	let shown: Turn | undefined;
	const spinner = ora({
		...(sink.terminal ? { stream: sink.terminal } : {}),
		color: sink.colors ? "cyan" : false,
		spinner: "line",
		// Reading stdin would take it from a pipe, and Ctrl+C from us.
		discardStdin: false,
		isEnabled: sink.terminal !== undefined,
	});
	const draw = () => {
		if (!shown) return;
		const typing = typed();
		const line = typing === "" ? "" : `\n> ${clean(typing).slice(4 - sink.columns())}`;
		spinner.text = `${picture(shown, streaming, { columns: sink.columns(), elapsedMs: Date.now() - startedAt, tint })}${line}`;
	};
	// Drawn ten times a second whatever happens: many agents stream thousands of pieces in that time.
	let timer: NodeJS.Timeout | undefined;
	const show = (moving: boolean) => {
		if (moving === spinner.isSpinning) return;
		clearInterval(timer);
		draw();
		if (moving) timer = setInterval(draw, 100);
		if (moving) spinner.start();
		else spinner.stop();
	};
	const print = (line: string) => sink.write(`${line}\n`);
	return {
		onEvent(record, turn) {
			for (const line of narrate(record, turn)) if (verbose || line.kind !== "detail") print(colored(line, tint));
			if (!turn) return;
			if (record.type === "turn.started") startedAt = Date.now();
			shown = turn;
			show(turn.phase !== "ended" && !turn.interrupted);
		},
		onDelta(delta) {
			streaming.set(delta.agent, live(streaming.get(delta.agent), delta));
		},
		onNotice: (text) => print(tint("dim", clean(text))),
		abandon: () => show(false),
		finish(document) {
			show(false);
			for (const text of summary(document)) print(tint(text.startsWith("Warning") ? "yellow" : "dim", clean(text)));
		},
	};
}

function colored({ kind, text }: Line, tint: Paint): string {
	const color = colors[kind];
	return color === undefined ? clean(text) : tint(color, clean(text));
}

function picture(
	turn: Turn,
	streaming: ReadonlyMap<AgentId, Live>,
	{ columns, elapsedMs, tint }: { columns: number; elapsedMs: number; tint: Paint },
): string {
	const stage = turn.phase === "presenting" ? "Final answer" : `Round ${turn.round}`;
	const head = `${stage}, ${count(turn.answers.length, "answer")}, ${count(turn.votes.length, "vote")}, ${seconds(elapsedMs)}`;
	return [head, ...agentLines(turn, streaming, columns - 4).map((line) => tint("dim", `  ${line}`))].join("\n");
}
