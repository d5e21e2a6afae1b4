/** The session that the flags mean, and the team it runs with: from the file, from the flags, or as the session keeps it. */

import type { SessionStore } from "../checkpoint/log.ts";
import { createMemoryStore } from "../checkpoint/memory.ts";
import { createSession, openSession, type SessionPlace } from "../checkpoint/session-directory.ts";
import { type Loaded, type LoadOptions, loadTeam } from "../config/load.ts";
import { defaultConfig } from "../config/locate.ts";
import { examplesDirectory } from "../config/package-root.ts";
import { asksForQuickTeam, teamFromFlags } from "../config/quick.ts";
import { simulateTeam } from "../config/rehearse.ts";
import { CorruptSessionError, SessionError } from "../errors.ts";
import { findSession, newestSession, sessionHere, sessionNamed } from "./find-session.ts";
import { program } from "./program.ts";
import type { Settings } from "./settings.ts";

export type SessionChoice = {
	readonly loaded: Loaded;
	/** It has a log: it can go on without a new question. */
	readonly exists: boolean;
	open(): Promise<SessionStore>;
};

export type Surroundings = {
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly cwd: string;
	readonly home: string;
	readonly warn: (text: string) => void;
};

/** Nothing is made before `open`: whatever is wrong with the configuration is said first. */
export async function openSessionFor(settings: Settings, around: Surroundings): Promise<SessionChoice> {
	const found = meant(settings, around);
	if (found) return await goOn(settings, around, found);
	const loaded = load(settings, around, await withoutConfig(settings, around));
	const id = settings.session.kind === "open" || settings.session.kind === "here" ? settings.session.id : undefined;
	const named = settings.session.kind === "new" ? loaded.team.sessionId : undefined;
	const existing = named === undefined ? undefined : sessionNamed(named, around);
	if (existing) return await goOn(settings, around, existing);
	const wanted = id ?? named;
	return {
		loaded,
		exists: false,
		open: async () => (settings.session.kind === "memory" ? createMemoryStore("memory") : await make(around, wanted)),
	};
}

/** A session of the user's name may have been made by another process since we looked: then it is that one. */
async function make({ cwd, home, warn }: Surroundings, id: string | undefined): Promise<SessionStore> {
	try {
		return await createSession(cwd, { home, warn, program: program(), ...(id === undefined ? {} : { id }) });
	} catch (error) {
		const isMade = error instanceof SessionError && error.code === "session_exists";
		const place = isMade && id !== undefined ? sessionHere(id, { cwd }) : undefined;
		if (!place) throw error;
		return await openSession(place.directory, { program: program() });
	}
}

/** The team of what is there, if none was named and none stands in a usual place. */
export async function withoutConfig(settings: Settings, around: Surroundings): Promise<Readonly<Record<string, unknown>> | undefined> {
	if (isTeamGiven(settings) || defaultConfig(around) !== undefined) return undefined;
	const { question, simulate, display } = settings;
	const { teamOfWhatIsThere } = await import("./first/zero-team.ts");
	return await teamOfWhatIsThere({ question, simulate, quiet: display === "quiet" }, around);
}

function meant({ session }: Settings, around: Surroundings): SessionPlace | undefined {
	switch (session.kind) {
		case "new":
		case "memory":
			return undefined;
		case "newest":
			return newestSession(around);
		case "named":
			return findSession(session.id, around);
		case "open":
			return sessionNamed(session.id, around);
		case "here":
			return sessionHere(session.id, around);
	}
}

async function goOn(settings: Settings, around: Surroundings, found: SessionPlace): Promise<SessionChoice> {
	const store = await openSession(found.directory, { program: program() });
	try {
		const isOwn = !isTeamGiven(settings) || (settings.session.kind === "named" && settings.session.own === true);
		const stored = isOwn ? await storedConfig(store) : undefined;
		const loaded = load(stored ? { ...settings, config: undefined, quick: noQuickTeam } : settings, around, stored);
		return { loaded, exists: true, open: async () => store };
	} catch (error) {
		await store.close();
		throw error;
	}
}

/** By a file or by flags; otherwise the session's own is taken. */
export function isTeamGiven({ config, quick }: Settings): boolean {
	return config !== undefined || asksForQuickTeam(quick);
}

const noQuickTeam = { backend: undefined, models: [], baseUrl: undefined, systemMessage: undefined, agents: undefined };

/** What the session was opened with; undefined if only messages were written into it, by no team. */
async function storedConfig(store: SessionStore): Promise<Readonly<Record<string, unknown>> | undefined> {
	for await (const page of store.read()) {
		for (const event of page) if (event.type === "session.opened") return Object.keys(event.config).length === 0 ? undefined : event.config;
	}
	throw new CorruptSessionError(store.directory ?? store.id, "it does not say which team it belongs to.", {
		sessionId: store.id,
		hint: "Start a new session.",
	});
}

/**
 * Flags are for this run: what the session keeps, and what is compared with it later, is the configuration without them.
 */
function load(settings: Settings, around: Surroundings, stored?: Readonly<Record<string, unknown>>): Loaded {
	const plain = loadFor(settings, around, { stored });
	const { overrides, simulate } = settings;
	const changed = Object.keys(overrides).length === 0 ? plain : loadFor(settings, around, { stored, overrides });
	const team = { ...changed.team, stored: plain.team.stored };
	return { ...changed, team: simulate ? simulateTeam(team) : team };
}

/** The team of the flags, of a file, or of the session. A rehearsal needs no keys. */
export function loadFor(
	{ config, quick, simulate, checks }: Settings,
	{ env, cwd, home }: Pick<Surroundings, "env" | "cwd" | "home">,
	more: Partial<LoadOptions>,
): Loaded {
	const options: LoadOptions = {
		config,
		cwd,
		home,
		env,
		examplesDirectory: examplesDirectory(),
		...checks,
		...(simulate ? { purpose: "look" as const } : {}),
		...more,
	};
	return asksForQuickTeam(quick) ? teamFromFlags(quick, options) : loadTeam(options);
}
