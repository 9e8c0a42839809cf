/** What every sequence has, that of an identity column as well. Numbers are text: they may be too large for others. */
export interface SequenceOptions {
  readonly start: string
  readonly increment: string
  readonly minimum: string
  readonly maximum: string
  readonly cache: string
  readonly cycle: boolean
}

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
