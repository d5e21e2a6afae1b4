import type { BackendEntry } from "./backend.ts";
import { snakeKeys } from "./keys.ts";

type Env = Readonly<Record<string, string | undefined>>;

export type Key =
	| { readonly kind: "found"; readonly value: string /** Where it was found; none if the config holds it. */; readonly variable?: string }
	/** This backend works without one. */
	| { readonly kind: "none" }
	| { readonly kind: "missing"; readonly message: string; readonly hint: string };

/** The key of an agent's backend: what its options say, else the first of its variables that is set. */
export function keyOf(
	entry: Pick<BackendEntry, "name" | "title" | "kind" | "keyVariables">,
	options: Readonly<Record<string, unknown>>,
	env: Env,
): Key {
	const given = snakeKeys(options).api_key;
	if (typeof given === "string" && given.trim() !== "") return { kind: "found", value: given.trim() };
	const variables = entry.keyVariables ?? [];
	for (const variable of variables) {
		const value = env[variable]?.trim();
		if (value) return { kind: "found", value, variable };
	}
	const [first, ...others] = variables;
	if (first === undefined || entry.kind !== "api") return { kind: "none" };
	const also = others.length === 0 ? "" : ` (or ${others.join(", ")})`;
	return {
		kind: "missing",
		message: `The backend ${entry.name} needs a key and ${first}${also} is not set.`,
		hint: `Put ${first}=... into a file .env in this directory or into ~/.config/massgen/.env, or run: export ${first}=...`,
	};
}
