import { type Diagnostic, diagnostic } from "../../diagnostic.ts"

/** A warning: somebody could not be told of a command's end, which stays what it is. */
export function notTold(whom: string, reason: unknown, hint?: string): Diagnostic {
  return diagnostic(
    "warning",
    "not-told",
    `${whom}: ${reason instanceof Error ? reasonOf(reason) : String(reason)}`,
    {
      hint,
    },
  )
}

/** What `fetch` throws says only that it failed; why stands in its cause. */
function reasonOf(error: Error): string {
  const { cause } = error
  return cause instanceof Error && cause.message !== ""
    ? `${error.message} (${cause.message})`
    : error.message
}
