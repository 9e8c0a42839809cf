/** What each exit code of the command line means. Help and the documentation print this table. */
export const exitCodes = {
  0: "done, or nothing to do",
  1: "failed; what ran is recorded, safe to run again",
  2: "usage or configuration",
  3: "the answer is no: something is pending, edited, protected",
  4: "a decision is needed; the message names the flags",
  5: "no connection or no lock in time: try again later",
  130: "interrupted cleanly",
} as const
