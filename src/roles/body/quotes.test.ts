import { expect, test } from "vitest"
import { escapedMark, literalMark, nameMark, wordMark } from "./marks.ts"
import { isMisquoted } from "./quotes.ts"

const [name, literal] = [`"${nameMark}"`, `'${literalMark}'`]

test.each([
  `select ${name} from t where x = ${literal}`,
  `select 'it''s', ${literal}, E'a\\'b', ${name}`,
  `select '${wordMark}' -- of ${wordMark}`,
  `select 1 as "x${escapedMark}y"`,
  `/* why */ select $$ text $$ || ${literal}`,
])("holds what is put in: %s", (form) => {
  expect(isMisquoted(form)).toBe(false)
})

test.each([
  `select '${name}'`,
  `select '${literal}'`,
  `select "${name}"`,
  `/* for ${literal} */ select 1`,
  `-- for ${name}\nselect 1`,
  `do $x$ begin perform ${literal}; end $x$`,
  `select '${escapedMark}'`,
])("does not: %s", (form) => {
  expect(isMisquoted(form)).toBe(true)
})
