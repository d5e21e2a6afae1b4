/** What a failure looks like to the user: what happened, where, what to do. A stack only where it was asked for. */
import { clean } from "../displays/clean.ts";
import { exitCodes } from "../displays/exit-codes.ts";
import type { ResultDocument } from "../displays/result.ts";
import { ConfigError, type ConfigProblem, MassgenError } from "../errors.ts";

export type Report = { readonly text: string; readonly exitCode: number; readonly error: NonNullable<ResultDocument["error"]> };

/** `log` is where the events of the session are, if there is one. */
export function reportOf(error: unknown, { verbose, log }: { verbose: boolean; log?: string | undefined }): Report {
	const stack = verbose && error instanceof Error && error.stack ? `\n${error.stack}${causes(error)}` : "";
	if (error instanceof ConfigError) {
		return {
			text: clean(configText(error)) + stack,
			exitCode: error.exitCode,
			error: { code: error.code, message: error.message, hint: error.hint ?? null, problems: error.problems },
		};
	}
	if (error instanceof MassgenError) {
		const { code, message, hint, exitCode } = error;
		return {
			text: clean([`massgen: ${message}`, ...(hint ? [hint] : [])].join("\n")) + stack,
			exitCode,
			error: { code, message, hint: hint ?? null, problems: [] },
		};
	}
	const message = error instanceof Error ? error.message : String(error);
	const hint = [
		...(log ? [`Everything up to here is in ${log}.`] : []),
		verbose ? "Please report it with the lines below." : "Please report it with what --verbose prints.",
	].join(" ");
	return {
		text: `${clean(`massgen: a bug in massgen: ${message}\n${hint}`)}${stack}`,
		exitCode: exitCodes.bug,
		error: { code: "bug", message, hint, problems: [] },
	};
}

function configText({ problems, message, hint }: ConfigError): string {
	if (problems.length === 0) return [`massgen: ${message}`, ...(hint ? [hint] : [])].join("\n");
	return problems.map(problemText).join("\n\n");
}

export function problemText(problem: ConfigProblem): string {
	const { message, hint, file, line, column, path, frame, severity } = problem;
	const place = [file, line, column].filter((part) => part !== undefined).join(":");
	return clean(
		[
			`${place ? `${place}: ` : "massgen: "}${severity}: ${message}${path && !frame ? ` (${path})` : ""}`,
			...(frame ? [frame] : []),
			...(hint ? [hint] : []),
		].join("\n"),
	);
}

function causes(error: Error): string {
	return error.cause instanceof Error ? `\nCaused by: ${error.cause.stack ?? error.cause.message}${causes(error.cause)}` : "";
}
