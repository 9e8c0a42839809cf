/**
 * How many of the cases that are held in folders and lists a run takes: TEST_CASES, `few` by itself, `some` in
 * `.ci/run`, `all` with `npm run test:cases`.
 */
export const howMany = howManyOf(process.env["TEST_CASES"])

function howManyOf(word: string | undefined): "few" | "some" | "all" {
  return word === "some" || word === "all" ? word : "few"
}

/**
 * The part of a list that one server takes at its turn, every time the same. Of all cases every server takes each; of
 * some, `turns` servers share the list; of a few, they share a quarter of it.
 */
export function partOf<T>(list: readonly T[], turn: number, turns: number): readonly T[] {
  const stride = { few: turns * 4, some: turns, all: 1 }[howMany]
  return list.filter((_, place) => place % stride === turn % stride)
}
