/** `massgen --list-examples` */
import { exampleNames } from "../../config/locate.ts";
import type { Io } from "../io.ts";
import { examplesDirectory } from "../package-root.ts";

export function listExamples(io: Io): number {
	io.stdout.write(
		exampleNames(examplesDirectory())
			.map((name) => `@examples/${name}\n`)
			.join(""),
	);
	return 0;
}
