import { lstat, mkdir, readdir, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { isOver, liveVotes, takingPart, versionOf } from "../core/queries.ts";
import type { Session, TurnRecord } from "../core/session.ts";
import type { Turn } from "../core/types.ts";
import { writeFileAtomically } from "./atomic.ts";
import { storeFailure } from "./failures.ts";
import { workspaceName, workspacePath } from "./workspace-path.ts";

/**
 * The files that a session leaves for people, beside its log: `turn_N/`, `SESSION_SUMMARY.txt` and
 * `winning_agents_history.json`. They are folds of the log, named and shaped as MassGen's users know them. Only the
 * holder of the lease writes them; nothing reads them back; a turn's files are only ever replaced by a newer fold of it.
 */
export async function writeTurnFiles(directory: string, session: Session): Promise<void> {
	// A new question ends the turn before it.
	const changed = session.turns.slice(-2);
	if (changed.length === 0) return;
	try {
		for (const record of changed) await writeFolder(directory, session, record);
		await writeFileAtomically(join(directory, "SESSION_SUMMARY.txt"), summary(session));
		await writeFileAtomically(join(directory, "winning_agents_history.json"), json(winners(session)));
	} catch (error) {
		throw storeFailure(error, { id: session.id, path: directory });
	}
}

async function writeFolder(directory: string, session: Session, record: TurnRecord): Promise<void> {
	const folder = join(directory, `turn_${record.turn.number}`);
	await mkdir(folder, { recursive: true });
	for (const [name, text] of turnFiles(session, record)) {
		const path = join(folder, name);
		if (text === undefined) await rm(path, { force: true });
		else await writeFileAtomically(path, text);
	}
	await linkWorkspaces(directory, folder, record.turn);
}

/** The files of one turn by name; undefined where a file of an earlier fold is no longer true. */
export function turnFiles(session: Session, record: TurnRecord): ReadonlyMap<string, string | undefined> {
	const { turn } = record;
	const complete = isComplete(turn);
	const best = bestOf(turn);
	const draft = longest(turn.drafts.map(({ agent, text }) => ({ agent, text })));
	const partial = Object.fromEntries(turn.agents.flatMap(({ id }) => partialOf(turn, id)));
	return new Map([
		["metadata.json", json(metadata(session, record))],
		[
			"answer.txt",
			complete
				? turn.final
				: best && `[Incomplete turn: stopped while ${phase(turn)}. Best answer so far, by ${best.agent}]\n\n${best.text}`,
		],
		["partial_answers.json", complete || Object.keys(partial).length === 0 ? undefined : json(partial)],
		["draft.txt", complete || best || !draft ? undefined : `[Unfinished text by ${draft.agent}; it is no answer]\n\n${draft.text}`],
	]);
}

function metadata(session: Session, { turn, lastAt }: TurnRecord): Record<string, unknown> {
	const winner = versionOf(turn, turn.decision?.label)?.by;
	const models = Object.fromEntries(turn.agents.flatMap(({ id, model }) => (model === undefined ? [] : [[id, model]])));
	return {
		turn: turn.number,
		timestamp: new Date(lastAt).toISOString(),
		status: isComplete(turn) ? "complete" : "incomplete",
		outcome: turn.outcome ?? "interrupted",
		...(isComplete(turn)
			? {}
			: { phase: phase(turn), voting_complete: takingPart(turn).every(({ id }) => liveVotes(turn).some(({ by }) => by === id)) }),
		...(winner === undefined ? {} : { winning_agent: winner }),
		task: turn.question,
		session_id: session.id,
		...(Object.keys(models).length === 0 ? {} : { models }),
		...(winner !== undefined && models[winner] !== undefined ? { winning_model: models[winner] } : {}),
	};
}

function partialOf(turn: Turn, id: string): [string, unknown][] {
	const answers = turn.answers.filter(({ by }) => by === id);
	const vote = liveVotes(turn).find(({ by }) => by === id);
	const latest = answers.at(-1);
	if (!latest) return [];
	const votes = vote ? { agent_id: versionOf(turn, vote.for)?.by ?? null, label: vote.for, reason: vote.reason } : null;
	return [[id, { answer: latest.text, has_voted: vote !== undefined, votes, answer_count: answers.length }]];
}

/** The chosen agent's answer, or else the longest of the newest ones. */
function bestOf(turn: Turn): { agent: string; text: string } | undefined {
	const chosen = versionOf(turn, turn.decision?.label);
	if (chosen) return { agent: chosen.by, text: chosen.text };
	return longest(
		turn.agents.flatMap(({ id }) => turn.answers.findLast(({ by }) => by === id) ?? []).map(({ by, text }) => ({ agent: by, text })),
	);
}

function longest<T extends { text: string }>(texts: readonly T[]): T | undefined {
	return [...texts].sort((a, b) => b.text.length - a.text.length)[0];
}

function isComplete(turn: Turn): boolean {
	return isOver(turn) && turn.outcome !== "cancelled" && turn.final !== undefined;
}

function phase(turn: Turn): "idle" | "coordinating" | "presenting" {
	if (turn.decision) return "presenting";
	return turn.assignmentCount === 0 ? "idle" : "coordinating";
}

function winners(session: Session): readonly { agent_id: string; turn: number }[] {
	return session.turns.flatMap(({ turn }) => {
		const winner = versionOf(turn, turn.decision?.label)?.by;
		return isComplete(turn) && winner !== undefined ? [{ agent_id: winner, turn: turn.number }] : [];
	});
}

function summary(session: Session): string {
	const parts = session.turns.map(({ turn, startedAt }) => {
		const winner = versionOf(turn, turn.decision?.label)?.by;
		const withAnswers = turn.agents.filter(({ id }) => turn.answers.some(({ by }) => by === id)).map(({ id }) => id);
		const lines = isComplete(turn)
			? [`Winner: ${winner} (${turn.decision?.rule})`, "", turn.final ?? ""]
			: [
					`Phase: ${phase(turn)}`,
					`Agents with answers: ${withAnswers.join(", ") || "none"}`,
					...(turn.why === undefined ? [] : [`Why: ${turn.why}`]),
				];
		const title = `Turn ${turn.number}${isComplete(turn) ? "" : ` INCOMPLETE (${turn.outcome ?? "interrupted"})`}`;
		return [title, "=".repeat(title.length), `Started: ${new Date(startedAt).toISOString()}`, `Task: ${turn.question}`, ...lines].join(
			"\n",
		);
	});
	return `Session ${session.id}\n\n${parts.join("\n\n")}\n`;
}

/** `workspaces/<agent>` leads to the directory of each agent that has files in it, `workspace` to the winner's. */
async function linkWorkspaces(directory: string, folder: string, turn: Turn): Promise<void> {
	const winner = versionOf(turn, turn.decision?.label)?.by;
	for (const { id } of turn.agents) {
		const name = workspaceName(id);
		if (!(await hasFiles(workspacePath(directory, id)))) continue;
		await mkdir(join(folder, "workspaces"), { recursive: true });
		await link(join("..", "..", "workspaces", name), join(folder, "workspaces", name));
		if (id === winner) await link(join("..", "workspaces", name), join(folder, "workspace"));
	}
}

async function hasFiles(path: string): Promise<boolean> {
	const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
	return entries.some((entry) => entry.isFile());
}

async function link(target: string, path: string): Promise<void> {
	const isThere = await lstat(path).then(
		(found) => found.isSymbolicLink(),
		() => false,
	);
	if (isThere) await rm(path);
	const unborn = `${path}.${process.pid}.new`;
	await symlink(target, unborn, "junction");
	await rename(unborn, path);
}

function json(value: unknown): string {
	return `${JSON.stringify(value, null, 2)}\n`;
}
