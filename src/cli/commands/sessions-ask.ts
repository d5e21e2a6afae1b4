/** `massgen sessions cancel`, `say`, `extend`, `drop` and `finish`: what the process that drives a session is asked for. */
import type { SessionRequest, SessionStore } from "../../checkpoint/log.ts";
import { openTurn, type Session } from "../../core/session.ts";
import { SessionError, UsageError } from "../../errors.ts";
import { cancelOpen } from "../../sessions/changes.ts";
import { changeSession } from "../../sessions/reading.ts";
import type { Option, Spec } from "../command.ts";
import { wantedSession } from "../find-session.ts";
import { numberOf } from "../parse.ts";
import { request, withNamed } from "../stored-sessions.ts";
import { action, type SessionsAction, tell, usualOptions } from "./sessions-action.ts";

const cancelling = action(
	{
		name: "sessions cancel",
		usage: "massgen sessions cancel ID [--why TEXT]",
		about: "Ends the turn for good, wherever it runs. What it has brought is kept, and later turns are told of it.",
		words: { max: 1, hint: "massgen sessions cancel takes one id." },
		options: { why: { kind: "text", value: "TEXT", group: "Options", describe: "Kept with the turn." }, ...usualOptions },
		examples: [],
	} as const,
	async ({ values, words }, io, here) =>
		await withNamed(wantedSession(words[0]), here, async (store, session) => {
			const why = values.why ?? "cancelled by the user";
			const last = session.turns.at(-1)?.turn;
			// A second call finds it cancelled already, and is none the wiser.
			if (last?.outcome === "cancelled")
				return tell(io, values.json, { id: store.id, turn: last.number, status: "cancelled" }, [
					`Turn ${last.number} of ${store.id} is cancelled already.`,
				]);
			if (!openTurn(session)) throw notCancellable(store.id, session);
			const answer = await request(store, { type: "cancel", why });
			if (answer === undefined) await changeSession(store, (now) => cancelOpen(now.session, why));
			else if (answer !== "done") throw refused(store.id, answer);
			return tell(io, values.json, { id: store.id, turn: last?.number ?? null, status: "cancelled" }, [
				`Turn ${last?.number} of ${store.id} is cancelled.`,
			]);
		}),
);

type Wish = {
	readonly name: string;
	readonly usage: string;
	readonly about: string;
	readonly words: Spec["words"];
	readonly options?: Readonly<Record<string, Option>>;
	readonly done: string;
	/** From the words after the id, and the flags. */
	wish(words: readonly string[], flag: (name: string) => string | undefined, list: (name: string) => readonly string[]): SessionRequest;
};

/** Only somebody who is at work can be asked for these. */
function asking({ name, usage, about, words: many, options = {}, done, wish }: Wish): SessionsAction {
	const spec: Spec = {
		name: `sessions ${name}`,
		usage: `massgen sessions ${usage}`,
		about,
		words: many,
		options: { ...options, ...usualOptions },
		examples: [],
	};
	return action(spec, async ({ values, words }, io, here) => {
		const flags = new Map<string, unknown>(Object.entries(values));
		const wanted = wantedSession(words[0]);
		const all = (name: string) => [flags.get(name)].flat().filter((value) => typeof value === "string");
		const asked = wish(words.slice(1), (name) => all(name).at(-1), all);
		return await withNamed(wanted, here, async (store, session) => {
			const answer = await request(store, asked);
			if (answer === undefined) throw nobodyDrives(store, session);
			if (answer !== "done") throw refused(store.id, answer);
			return tell(io, flags.get("json") === true, { id: store.id, done: true }, [done]);
		});
	});
}

const saying = asking({
	name: "say",
	usage: "say ID TEXT [--to AGENT]",
	about: "Tells the agents something while they work; they read it at their next step.",
	words: { max: 2, hint: "Put what you want to say in quotes." },
	options: { to: { kind: "list", value: "AGENT", group: "Options", describe: "Only this one; several times for several." } },
	done: "Said. The agents read it at their next step.",
	wish([text = ""], _, list) {
		if (text.trim() === "") throw new UsageError("There is nothing to say.", 'massgen sessions say ID "your words"');
		const to = list("to");
		return { type: "say", text, ...(to.length === 0 ? {} : { to }) };
	},
});

const extending = asking({
	name: "extend",
	usage: "extend ID [--time SECONDS] [--cost USD] [--tokens N]",
	about: "Gives the turn that runs more of what limits it.",
	words: { max: 1, hint: "massgen sessions extend takes one id." },
	options: {
		time: { kind: "text", value: "SECONDS", group: "Options", describe: "More time." },
		cost: { kind: "text", value: "USD", group: "Options", describe: "More money." },
		tokens: { kind: "text", value: "N", group: "Options", describe: "More tokens." },
	},
	done: "Extended.",
	wish(_, flag) {
		const time = numberOf("time", flag("time"), { min: 0, whole: false });
		const cost = numberOf("cost", flag("cost"), { min: 0, whole: false });
		const tokens = numberOf("tokens", flag("tokens"), { min: 1, whole: true });
		if (time === undefined && cost === undefined && tokens === undefined)
			throw new UsageError("massgen sessions extend needs to know by what.", "Give --time, --cost or --tokens.");
		return {
			type: "extend",
			...(time === undefined ? {} : { ms: time * 1000 }),
			...(cost === undefined ? {} : { costUsd: cost }),
			...(tokens === undefined ? {} : { tokens }),
		};
	},
});

const dropping = asking({
	name: "drop",
	usage: "drop ID AGENT",
	about: "Lets the turn that runs go on without an agent. What it has written can still win.",
	words: { max: 2, hint: "massgen sessions drop takes an id and the name of an agent." },
	done: "Dropped.",
	wish([agent]) {
		if (agent === undefined) throw new UsageError("Which agent is to be dropped?", "massgen sessions drop ID AGENT");
		return { type: "drop", agent };
	},
});

const finishing = asking({
	name: "finish",
	usage: "finish ID",
	about: "Asks for a decision now: no new answers after this round, then a vote.",
	words: { max: 1, hint: "massgen sessions finish takes one id." },
	done: "The team is asked to finish.",
	wish: () => ({ type: "finish-now" }),
});

function notCancellable(id: string, session: Session): SessionError {
	const last = session.turns.at(-1)?.turn;
	return new SessionError(
		"not_cancellable",
		`Nothing of session ${id} can be cancelled: ${last ? `turn ${last.number} has ended (${last.outcome})` : "it has no turn"}.`,
		{ sessionId: id },
	);
}

function nobodyDrives(store: SessionStore, session: Session): SessionError {
	const open = openTurn(session);
	return new SessionError("not_running", `Nobody is at work on session ${store.id}.`, {
		sessionId: store.id,
		hint: open
			? `Go on with its open turn: massgen --resume ${store.id}`
			: `Ask something in it: massgen --resume ${store.id} "your question"`,
	});
}

function refused(id: string, answer: string): SessionError {
	return new SessionError("refused", answer, { sessionId: id });
}

export const actions: readonly SessionsAction[] = [cancelling, saying, extending, dropping, finishing];
