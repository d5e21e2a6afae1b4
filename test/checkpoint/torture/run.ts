/** The long forms of the store's tests: `node RUN.mjs [KILLS] [FLIPS] [TRUNCATIONS] [LIMITS] [STOPS]`, built by `test/checkpoint/torture/start.mjs`. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase, databaseName } from "../../../src/checkpoint/schema.ts";
import { run } from "../child.ts";
import { flipped, makeSample, seededRandom, truncated, tryDamaged, type Verdict } from "../damage.ts";
import { killWriters } from "../kill.ts";
import { starve } from "../starve.ts";
import { stopWriters } from "../stop.ts";

const [driver = "", kills = "200", flips = "500", truncations = "200", limits = "100", stops = "50"] = process.argv.slice(2);
const directory = mkdtempSync(join(tmpdir(), "massgen-torture-"));

async function main(): Promise<boolean> {
	createDatabase(join(directory, databaseName));
	const killed = await killWriters(driver, directory, Number(kills));
	console.log(
		`kill -9: ${killed.kills} kills, ${killed.acknowledged} events acknowledged, ${killed.lost} lost, ${killed.vanished} seen and gone`,
	);
	const stopped = await stopWriters(driver, directory, Number(stops));
	console.log(
		`stopped writers: ${stopped.takenOver} taken over, ${stopped.refused} stopped in the middle of a write and named, ${stopped.wrong} wrote after that`,
	);
	await stampede();
	const starved = await starvation(Number(limits));
	const silent = (await damages("byte flips", Number(flips), flipped)) + (await damages("truncations", Number(truncations), truncated));
	return killed.lost + killed.vanished + stopped.wrong + starved + silent === 0;
}

/** Twenty processes want one session; how long each that is refused had waited since it opened the file. */
async function stampede(): Promise<void> {
	const children = Array.from({ length: 20 }, () => run(process.execPath, [driver, "acquire", directory]));
	const lines = await Promise.all(children.map((child) => child.line(/^(drives|refused)/)));
	const waits = lines.flatMap((line) => (line.startsWith("refused") ? [waited(line)] : [])).sort((a, b) => a - b);
	for (const child of children) {
		child.process.stdin?.end();
	}
	await Promise.all(children.map((child) => child.ended));
	const median = waits[Math.floor(waits.length / 2)] ?? 0;
	console.log(
		`20 processes at once: ${20 - waits.length} drives, ${waits.length} were told who, after ${median.toFixed(0)} ms (median), ${(waits.at(-1) ?? 0).toFixed(0)} ms at most`,
	);
}

function waited(line: string): number {
	const refusal: unknown = JSON.parse(line.slice("refused ".length));
	return typeof refusal === "object" && refusal !== null && "ms" in refusal ? Number(refusal.ms) : Number.NaN;
}

async function starvation(count: number): Promise<number> {
	let lost = 0;
	let unclear = 0;
	let acknowledged = 0;
	for (let number = 0; number < count; number++) {
		const home = mkdtempSync(join(directory, "starved-"));
		createDatabase(join(home, databaseName));
		const report = await starve(driver, home, 8 + 3 * number);
		acknowledged += report.acknowledged;
		lost += Math.max(0, report.acknowledged - report.there);
		unclear += report.error.includes('"exitCode":74') ? 0 : 1;
		rmSync(home, { recursive: true, force: true });
	}
	console.log(`files that may not grow: ${count} limits, ${acknowledged} events acknowledged, ${lost} lost, ${unclear} unclear errors`);
	return lost + unclear;
}

async function damages(name: string, count: number, damage: typeof flipped): Promise<number> {
	// The id comes from the directory, so the sample is made where its copies will be.
	const home = join(directory, "copy");
	rmSync(home, { recursive: true, force: true });
	mkdirSync(home);
	const sample = await makeSample(home, 1_500);
	const random = seededRandom(count);
	const verdicts: Verdict[] = [];
	for (let number = 0; number < count; number++) {
		verdicts.push(await tryDamaged(join(directory, "copy"), damage(sample.bytes, random), sample));
	}
	const of = (kind: Verdict["kind"]) => verdicts.filter((verdict) => verdict.kind === kind);
	const kept = of("refused").map((verdict) => verdict.kept / sample.events.length);
	const mean = kept.reduce((sum, share) => sum + share, 0) / Math.max(1, kept.length);
	console.log(
		`${count} ${name} of ${sample.bytes.length} bytes: ${of("whole").length} whole, ${of("refused").length} refused and repaired (mean ${(mean * 100).toFixed(0)} % kept), ${of("silent").length} silent`,
	);
	for (const verdict of of("silent").slice(0, 5)) {
		console.log(`  silent: ${verdict.problem}`);
	}
	return of("silent").length;
}

try {
	process.exitCode = (await main()) ? 0 : 1;
} finally {
	rmSync(directory, { recursive: true, force: true });
}
