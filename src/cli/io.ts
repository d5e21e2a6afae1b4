/** What a command may touch of the process. */
import type { Output } from "./output.ts";

export type Io = {
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly cwd: string;
	readonly stdin: NodeJS.ReadStream;
	readonly stdout: Output;
	readonly stderr: Output;
};
