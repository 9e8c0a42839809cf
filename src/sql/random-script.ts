import fc from "fast-check"

/** Statements that are hard to split, for property tests. White space and comments may stand wherever a `·` is. */
const statements = String.raw`
select·1
select·1·+·-1·,·a·->>·'b'·,·(·2·)::text·,·$1
select·'it''s; -- no comment'·,·'/*'·,·'\'
select·E'\';'·as·"a;""b"
select·$$;$$·,·$a$ ; $$ ; ' $a$·,·$_é1$;$_é1$
select·a$b$c·,·d$$·from·t
select·'😀;'·as·"é;"·,·U&'\0041;'·,·b'01'·,·x'ff'
create·table·größe·(·a·int·default·1·,·"b;"·numeric(3,2)·)
insert·into·t·values·(·1e-3·,·.5·,·0x1F·)·,·(·1_000·,·2.5·,·3·)
create·rule·r·as·on·insert·to·t·do·also·(·insert·into·l·values·(·1·)·;·delete·from·l·)
do·$do$ begin perform 1; end; $do$
create·function·f()·returns·int·language·plpgsql·as·$$ begin return 1; end; $$
create·function·f()·returns·int·begin·atomic·select·1·;·end
create·or·replace·function·f(·a·int·)·returns·int·language·sql·begin·atomic·select·case·when·a·=·1·then·case·a·when·2·then·3·end·else·(·select·case·when·true·then·1·end·)·end·;·select·1·as·end·;·select·t.case·from·t·;·end
create·procedure·p()·BEGIN·ATOMIC·insert·into·t·values·(·1·)·;·END
create·function·begin(·atomic·int·)·returns·int·language·sql·return·1
begin
commit
`
  .trim()
  .split("\n")

const gap = fc.constantFrom(
  " ",
  "\n",
  "\r\n",
  "\t \f\v",
  "-- ; ' \" $$ /*\n",
  "-- é\r\n",
  " /* ; ' $$ */ ",
  "/* /* ; */ ' */",
  "\n\n  -- end\n",
)

/** How a script is laid out: the gaps are used in turn, over and over. */
type Gaps = readonly string[]

const anyGaps: fc.Arbitrary<Gaps> = fc.array(gap, { minLength: 1, maxLength: 7 })

export interface RandomScript {
  readonly text: string
  /** Its statements, exactly as they stand in it. */
  readonly statements: readonly string[]
}

/** A script, and the same script with other white space and other comments. */
export const anyTwoLayouts: fc.Arbitrary<{ readonly one: RandomScript; readonly other: RandomScript }> = fc
  .tuple(fc.array(fc.constantFrom(...statements), { maxLength: 8 }), anyGaps, anyGaps)
  .map(([chosen, gaps, otherGaps]) => ({ one: layOut(chosen, gaps), other: layOut(chosen, otherGaps) }))

export const anyScript: fc.Arbitrary<RandomScript> = anyTwoLayouts.map(({ one }) => one)

function layOut(chosen: readonly string[], gaps: Gaps): RandomScript {
  let used = 0
  const nextGap = () => gaps[used++ % gaps.length] as string
  const written = chosen.map((statement) => statement.replace(/·/g, nextGap))
  const text = written.map((statement) => `${nextGap()}${statement}${nextGap()};`).join(nextGap())
  return { text: text + nextGap(), statements: written }
}
