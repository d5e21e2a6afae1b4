import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join, resolve } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** The full path of a program, found as a shell would; undefined if there is none that can be run. */
export async function findCommand(command: string, env: Environment, cwd: string): Promise<string | undefined> {
	const isPath = isAbsolute(command) || /[\\/]/.test(command);
	const folders = isPath ? [""] : (env.PATH ?? env.Path ?? "").split(delimiter);
	const endings = process.platform === "win32" ? (env.PATHEXT ?? ".EXE;.CMD;.BAT").split(";") : [""];
	for (const folder of folders) {
		for (const ending of endings) {
			const path = isPath ? resolve(cwd, command + ending) : join(folder === "" ? cwd : folder, command + ending);
			if (await isExecutable(path)) return path;
		}
	}
	return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
	try {
		await access(path, constants.X_OK);
		return (await stat(path)).isFile();
	} catch {
		return false;
	}
}

export async function isDirectory(path: string): Promise<boolean> {
	try {
		return (await stat(path)).isDirectory();
	} catch {
		return false;
	}
}
