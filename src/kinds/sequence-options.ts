/** What every sequence has, that of an identity column as well. Numbers are text: they may be too large for others. */
export interface SequenceOptions {
  readonly start: string
  readonly increment: string
  readonly minimum: string
  readonly maximum: string
  readonly cache: string
  readonly cycle: boolean
}

/** Of each type that a sequence may have. */
const largest: Readonly<Record<string, bigint>> = {
  smallint: 2n ** 15n - 1n,
  integer: 2n ** 31n - 1n,
  bigint: 2n ** 63n - 1n,
}

/** What has to be said of a new sequence because it is not what the server takes by itself. */
export function unusualOptions(options: SequenceOptions, dataType: string): readonly string[] {
  const { start, increment, minimum, maximum, cache, cycle } = options
  const most = largest[dataType] ?? 0n
  const [low, high] = increment.startsWith("-") ? [-most - 1n, -1n] : [1n, most]
  const first = increment.startsWith("-") ? maximum : minimum
  return [
    ...(increment === "1" ? [] : [`increment by ${increment}`]),
    ...(minimum === String(low) ? [] : [`minvalue ${minimum}`]),
    ...(maximum === String(high) ? [] : [`maxvalue ${maximum}`]),
    ...(start === first ? [] : [`start with ${start}`]),
    ...(cache === "1" ? [] : [`cache ${cache}`]),
    ...(cycle ? ["cycle"] : []),
  ]
}

/** All of them, for a sequence that is there. */
export function sequenceOptions({
  start,
  increment,
  minimum,
  maximum,
  cache,
  cycle,
}: SequenceOptions): string {
  return (
    `increment by ${increment} minvalue ${minimum} maxvalue ${maximum} ` +
    `start with ${start} cache ${cache}${cycle ? " cycle" : " no cycle"}`
  )
}

/**
 * Returns what leads from some options to others. Where the bounds get narrower the sequence is moved into them
 * first, since the server refuses bounds that its last value breaks; where they are others altogether it starts anew.
 *
 * @param prefix stands before the options: `as integer `
 */
export function sequenceSteps(
  sequence: string,
  before: SequenceOptions,
  after: SequenceOptions,
  prefix = "",
): string[] {
  const alteration = `alter sequence ${sequence} ${prefix}${sequenceOptions(after)}`
  const [minimum, maximum] = [BigInt(after.minimum), BigInt(after.maximum)]
  if (minimum > BigInt(before.maximum) || maximum < BigInt(before.minimum)) {
    return [`${alteration} restart with ${after.start}`]
  }
  const move = (bound: string, breaks: string) =>
    `select pg_catalog.setval('${sequence.replaceAll("'", "''")}', ${bound}, false) from ${sequence} where last_value ${breaks} ${bound}`
  return [
    ...(minimum > BigInt(before.minimum) ? [move(after.minimum, "<")] : []),
    ...(maximum < BigInt(before.maximum) ? [move(after.maximum, ">")] : []),
    alteration,
  ]
}
