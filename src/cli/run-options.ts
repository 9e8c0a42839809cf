import { ToolError } from "../diagnostic.ts"
import type { UnknownOutcome } from "../runner/steps.ts"
import type { OptionTable } from "./option.ts"
import { type SettingKey, settingOf } from "./settings.ts"

/** A duration that overrides a setting; its help and default are the setting's. */
function durationSetting(setting: SettingKey) {
  return { type: "duration", setting, help: settingOf(setting).help } as const
}

/** Options of every command that works under the runner's lock. */
export const lockOptions = {
  wait: durationSetting("runnerWait"),
  pooled: { type: "flag", setting: "pooled", help: settingOf("pooled").help },
} as const satisfies OptionTable

/** Options of the commands that run revisions. */
export const runOptions = {
  ...lockOptions,
  lockTimeout: durationSetting("lockTimeout"),
  lockAttempts: { type: "number", setting: "lockAttempts", help: settingOf("lockAttempts").help },
  statementTimeout: durationSetting("statementTimeout"),
  deadline: durationSetting("deadline"),
  singleTransaction: {
    type: "flag",
    help: "Run everything in one transaction; by default each revision has its own",
  },
  stepDone: {
    type: "flag",
    help: "A step whose outcome nobody could look up after a crash took effect: go on behind it",
  },
  stepAgain: {
    type: "flag",
    help: "A step whose outcome nobody could look up after a crash did not take effect: run it again",
  },
} as const satisfies OptionTable

/** Reads the two flags that answer `step-outcome-unknown`. */
export function unknownOutcome({
  stepDone,
  stepAgain,
}: {
  readonly stepDone: boolean
  readonly stepAgain: boolean
}): UnknownOutcome {
  if (stepDone && stepAgain)
    throw new ToolError("invalid-option", "--step-done and --step-again exclude each other", {
      hint: "look in the database whether the step had its effect, and say which",
    })
  return stepDone ? "done" : stepAgain ? "again" : "ask"
}
