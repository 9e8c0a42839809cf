/**
 * How many of the cases that are held in folders and lists a run takes: TEST_CASES, `few` by itself, `some` in
 * `.ci/run`, `all` with `npm run test:cases`.
 */
export const howMany = howManyOf(process.env["TEST_CASES"])

function howManyOf(word: string | undefined): "few" | "some" | "all" {
  return word === "some" || word === "all" ? word : "few"
}

/** The part of a list that is one server's turn, every time the same: all `turns` together take each case once, of a few only. */
export function partOf<T>(list: readonly T[], turn: number, turns: number): readonly T[] {
  const stride = { few: turns * 4, some: turns, all: 1 }[howMany]
  return list.filter((_, place) => place % stride === turn % stride)
}
