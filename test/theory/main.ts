/**
 * Prints how often teams of simulated agents are right, beside what theory says: npm run theory [-- --turns 2000].
 * Exits 1 if a figure is so far off that chance would not do it once in ten thousand tables.
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { commonCause, deviation, majority, plurality, split, votesCast, within99 } from "./formulas.ts";
import { type Panel, type Poll, poll } from "./panel.ts";

const { values } = parseArgs({ options: { turns: { type: "string", default: "2000" } } });
const turns = Number(values.turns);
/** So many figures are printed that one of them may well be beyond 4 standard errors once in a hundred tables; beyond 5, never. */
const impossible = 5;

const deviations: number[] = [];

function row(title: string, measured: number, expected: number, samples: number): void {
	const errors = deviation(measured, expected, samples);
	deviations.push(Math.abs(errors));
	const verdict = Math.abs(errors) < within99 ? "" : " (outside)";
	console.log(`| ${title} | ${samples} | ${measured.toFixed(4)} | ${expected.toFixed(4)} | ${errors.toFixed(2)}${verdict} |`);
}

function head(title: string, first: string): void {
	console.log(`\n### ${title}\n\n| ${first} | samples | measured | expected | standard errors apart |\n|---|---|---|---|---|`);
}

const right = ({ right, turns }: Poll) => right / turns;
const told = ({ agents, accuracy }: Panel) => `${agents} ${agents === 1 ? "agent" : "agents"} of accuracy ${accuracy}`;

/** Seeds of its own for every row, so that the rows are independent too. */
let next = 1;
function asked(panel: Panel): Promise<Poll> {
	next += turns;
	return poll(panel, turns, next - turns);
}

head("Independent agents: Condorcet's jury theorem", "right decisions");
for (const accuracy of [0.6, 0.7, 0.8]) {
	for (let agents = 1; agents <= 9; agents++) {
		const panel = { agents, accuracy };
		row(told(panel), right(await asked(panel)), majority(agents, accuracy), turns);
	}
}

head("Agents with a common cause", "right decisions");
for (const correlation of [0.3, 0.6, 0.9]) {
	for (const agents of [3, 5, 9]) {
		const panel = { agents, accuracy: 0.7, correlation };
		row(`${told(panel)}, ${correlation} of the time of one mind`, right(await asked(panel)), commonCause(agents, 0.7, correlation), turns);
	}
}

head("Plurality among several options", "right decisions");
for (const options of [3, 4]) {
	for (const agents of [3, 5, 7]) {
		const panel = { agents, accuracy: 0.5, options };
		row(`${told(panel)}, ${options} options`, right(await asked(panel)), plurality(agents, options, 0.5), turns);
	}
}

head("Ties, and the draw between them", "share");
for (const agents of [2, 4, 6]) {
	const panel = { agents, accuracy: 0.6 };
	const { drawn, drawnFirst, drawnRight } = await asked(panel);
	row(`ties of ${told(panel)}`, drawn / turns, split(agents, 0.6), turns);
	row("of these, won by the lower agent number", drawnFirst / drawn, 0.5, drawn);
	row("of these, won by the right answer", drawnRight / drawn, 0.5, drawn);
}

console.log("\n### Votes until it is decided\n\n| team | turns | votes measured | expected |\n|---|---|---|---|");
for (const agents of [3, 5, 7, 9]) {
	const panel = { agents, accuracy: 0.7 };
	const { votes } = await asked(panel);
	console.log(`| ${told(panel)} | ${turns} | ${(votes / turns).toFixed(3)} | ${votesCast(agents, 0.7).toFixed(3)} |`);
}

const outside = deviations.filter((errors) => errors >= within99).length;
const farthest = Math.max(...deviations);
console.log(
	`\n${outside} of ${deviations.length} figures are outside the 99 % interval, where chance alone puts ${(deviations.length / 100).toFixed(1)}; the farthest is ${farthest.toFixed(2)} standard errors away.`,
);
console.log(`Node ${process.version}, ${cpus()[0]?.model.trim() ?? "unknown processor"}.`);
process.exitCode = farthest < impossible ? 0 : 1;
