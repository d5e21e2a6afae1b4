/** What ought to come out, from formulas alone: nothing here knows how a team decides. */

/** Probability of exactly `right` successes in `n` independent tries. */
export function binomial(n: number, right: number, p: number): number {
	let ways = 1;
	for (let index = 1; index <= right; index++) ways *= (n - right + index) / index;
	return ways * p ** right * (1 - p) ** (n - right);
}

/** Condorcet: a majority of `n` independent voters is right; an even split is decided by a fair draw. */
export function majority(n: number, p: number): number {
	let sum = 0;
	for (let right = 0; right <= n; right++) sum += binomial(n, right, p) * (2 * right > n ? 1 : 2 * right === n ? 0.5 : 0);
	return sum;
}

/**
 * The same with a common cause: with probability `correlation` a voter believes what one shared draw says. Given that
 * draw the voters are independent again. Two voters then correlate with `correlation` squared.
 */
export function commonCause(n: number, p: number, correlation: number): number {
	return p * majority(n, correlation + (1 - correlation) * p) + (1 - p) * majority(n, (1 - correlation) * p);
}

/** An even split of `n` independent voters between two options. */
export function split(n: number, p: number): number {
	return n % 2 === 0 ? binomial(n, n / 2, p) : 0;
}

/** Plurality among `options`, of which one is right and the others equally likely wrong; ties are decided by a fair draw. */
export function plurality(n: number, options: number, p: number): number {
	const wrong = (1 - p) / (options - 1);
	let sum = 0;
	for (let right = 0; right <= n; right++) sum += binomial(n, right, p) * winsAgainst(n - right, options - 1, right, 0);
	return wrong >= 0 ? sum : Number.NaN;
}

/** The share of ways to spread `votes` evenly at random over `rivals` in which `right` votes win; `tied` rivals have as many so far. */
function winsAgainst(votes: number, rivals: number, right: number, tied: number): number {
	if (rivals === 0) return votes > 0 ? 0 : 1 / (tied + 1);
	let sum = 0;
	for (let own = 0; own <= Math.min(votes, right); own++) {
		const share = rivals === 1 ? (own === votes ? 1 : 0) : binomial(votes, own, 1 / rivals);
		if (share > 0) sum += share * winsAgainst(votes - own, rivals - 1, right, tied + (own === right && right > 0 ? 1 : 0));
	}
	return right === 0 ? 0 : sum;
}

/** How many votes a poll of `n` takes on average if it stops as soon as one of two options has more than half of all. */
export function votesUntilDecided(n: number, p: number): number {
	const half = Math.floor(n / 2) + 1;
	let sum = 0;
	for (let votes = half; votes <= n; votes++) {
		// The vote that decides is the last one: it is the half-th of its kind.
		const ways = binomial(votes - 1, half - 1, p) * p + binomial(votes - 1, half - 1, 1 - p) * (1 - p);
		sum += votes * ways;
	}
	return sum + n * split(n, p);
}

/** The same, if nobody votes at all where all hold the same: then there is one candidate and no vote. */
export function votesCast(n: number, p: number): number {
	const agree = p ** n + (1 - p) ** n;
	const half = Math.floor(n / 2) + 1;
	return votesUntilDecided(n, p) - agree * half;
}

/** How far a measured share is from the expected one, in standard errors. */
export function deviation(measured: number, expected: number, samples: number): number {
	const error = Math.sqrt((expected * (1 - expected)) / samples);
	return error === 0 ? (measured === expected ? 0 : Number.POSITIVE_INFINITY) : (measured - expected) / error;
}

/** 99 of 100 measurements of a true expectation are at most so many standard errors away. */
export const within99 = 2.5758;
