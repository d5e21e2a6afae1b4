/** `YYYY-MM-DD HH:MM:SS` as the clock of the user shows it; `-` if there is no time. */
export function localTime(at: number | undefined): string {
	if (at === undefined) return "-";
	const date = new Date(at);
	const two = (part: number) => String(part).padStart(2, "0");
	const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
	return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
