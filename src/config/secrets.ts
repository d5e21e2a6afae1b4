import { type Path, pathText } from "./tree.ts";

const secretName = /(^|_|-)(api_?key|token|secret|password|credential|authorization|bearer|x-api-key)$/i;
const secretShape = /^(Bearer\s+)?(sk-|sk_|xai-|gsk_|AIza|ghp_|github_pat_|glpat-|hf_|pplx-|r8_|nvapi-|csk-|tgp_|fw_)[A-Za-z0-9_-]{12,}/;

/** What people write where a server wants a key but does not look at it. */
const placeholder = /^(sk-)?(no[-_ ]?key|none|not[-_ ]|empty|dummy|placeholder|x{3})/i;

/** Whether a value is a secret that somebody wrote down instead of naming a variable. */
export function isSecret(key: string, value: unknown): value is string {
	if (typeof value !== "string" || value.length < 12 || /\$\{[^}]+\}/.test(value)) return false;
	if (placeholder.test(value)) return false;
	return secretShape.test(value) || secretName.test(key) || isSecretAddress(value);
}

/** With a password before the host, or a key behind the question mark. */
function isSecretAddress(value: string): boolean {
	if (!/^[a-z][\w+.-]*:\/\//i.test(value) || !URL.canParse(value)) return false;
	const { password, searchParams } = new URL(value);
	const isKey = ([name, text]: [string, string]) =>
		text.length >= 12 && (secretShape.test(text) || secretName.test(name) || /^key$/i.test(name));
	return password !== "" || [...searchParams].some(isKey);
}

/** Every secret that stands in the value as it is. */
export function secretsIn(value: unknown, path: Path = []): Path[] {
	if (typeof value !== "object" || value === null) return isSecret(String(path.at(-1) ?? ""), value) ? [path] : [];
	return Object.entries(value).flatMap(([key, item]) => secretsIn(item, [...path, Array.isArray(value) ? Number(key) : key]));
}

/** The value with every secret replaced by the variable that should hold it: safe to store and to show. */
export function withoutSecrets(value: unknown, variableFor: (path: Path) => string, path: Path = []): unknown {
	if (Array.isArray(value)) return value.map((item, index) => withoutSecrets(item, variableFor, [...path, index]));
	if (typeof value === "object" && value !== null) {
		return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutSecrets(item, variableFor, [...path, key])]));
	}
	return isSecret(String(path.at(-1) ?? ""), value) ? `\${${variableFor(path)}}` : value;
}

/** A secret as it may be shown: enough to tell two apart, too little to use. */
export function masked(secret: string): string {
	return secret.length < 12 ? "…" : `${secret.slice(0, 3)}…${secret.slice(-2)}`;
}

/** A name for a variable that holds the value at this path: `AGENTS_0_BACKEND_API_KEY`. */
export function variableAt(path: Path): string {
	return `MASSGEN_${pathText(path)
		.replace(/[^A-Za-z0-9]+/g, "_")
		.toUpperCase()}`;
}
