/**
 * A backend's options arrive from YAML with `snake_case` keys or from a program with `camelCase` ones. The keys of one
 * object in camelCase; what the values hold is left alone, because some of it goes to a provider word for word.
 */
export function camelKeys(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(options).map(([key, value]) => [key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()), value]),
	);
}

/** The keys of one object in snake_case, values left alone. */
export function snakeKeys(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(options).map(([key, value]) => [key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
	);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
