import { join } from "node:path";

/** Where in a session's directory an agent works. An id may hold anything; a directory's name may not. */
export function workspacePath(sessionDirectory: string, agent: string): string {
	return join(sessionDirectory, "workspaces", workspaceName(agent));
}

export function workspaceName(agent: string): string {
	return encodeURIComponent(agent)
		.replace(/^\.+$/, (dots) => "%2E".repeat(dots.length))
		.replaceAll("*", "%2A");
}
