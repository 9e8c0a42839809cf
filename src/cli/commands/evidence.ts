import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { exportEvidence, makeEvidenceKeys, readEvidenceFile } from "../../api/evidence.ts"
import { ToolError } from "../../diagnostic.ts"
import { didYouMean } from "../../did-you-mean.ts"
import { unreadable } from "../../file-error.ts"
import { count } from "../../report/count.ts"
import { defineCommand, type Outcome } from "../command.ts"
import type { Context } from "../context.ts"
import { given } from "../given.ts"
import { readVariable } from "../io.ts"
import type { EvidenceResult } from "../results.ts"

const actions = ["export", "verify", "keygen"]

export const evidence = defineCommand({
  name: "evidence",
  description:
    "Carries what one environment has had to another whose network cannot reach it. `keygen` makes a pair of ed25519 keys; `export` reads the environment's history and signs it; `verify` says whether a file is genuine. The environment that promotes from it names the file in the setting `evidence` and the public key in `evidenceKeys`. Nothing but the database is asked; a file can be verified without any network.",
  operands: {
    action: { required: true, help: "`export`, `verify` or `keygen`" },
    subject: {
      help: "For `export` the environment, for `verify` the file, for `keygen` the file of the private key",
    },
  },
  options: {
    key: {
      type: "text",
      value: "file",
      help: "Private key to sign with; the variable `LOCKSTEP_EVIDENCE_KEY` holds its text instead",
    },
    out: { type: "text", value: "file", help: "File that is written by `export`. Default: printed" },
    publicKey: {
      type: "list",
      value: "key",
      help: "Public key to verify with. Default: the setting `evidenceKeys`",
    },
  },
  examples: [
    { line: "evidence keygen lockstep-evidence.key", says: "once; keep the file as a secret" },
    {
      line: "evidence export staging --key lockstep-evidence.key --out staging.evidence.json",
      says: "where staging can be reached",
    },
    { line: "evidence verify staging.evidence.json --env prod", says: "with the keys that prod trusts" },
  ],
  async run(options, { action, subject }, context) {
    switch (action) {
      case "keygen":
        return keygen(inFolder(subject ?? "lockstep-evidence.key", context))
      case "export":
        return exported(subject, options, context)
      case "verify":
        return verified(subject, options.publicKey, context)
      default:
        throw new ToolError("wrong-operands", `evidence has no action "${action}"`, {
          subject: action,
          hint: didYouMean(action, actions) ?? "export, verify or keygen",
        })
    }
  },
})

/** Paths on the command line are relative to where it was typed. */
function inFolder(file: string, { io, globals }: Context): string {
  return resolve(io.cwd, globals.cwd ?? ".", file)
}

function keygen(path: string): Outcome<EvidenceResult> {
  const result = makeEvidenceKeys(path)
  return {
    result,
    text: `wrote the private key to ${result.file}\npublic key, for evidenceKeys: ${result.publicKey}`,
  }
}

async function exported(
  environment: string | undefined,
  { key, out }: { readonly key?: string | undefined; readonly out?: string | undefined },
  context: Context,
): Promise<Outcome<EvidenceResult>> {
  const chosen = environment === undefined ? context : context.inEnvironment(environment)
  const signed = await exportEvidence({
    ...(await chosen.targetOptions()),
    privateKey: privateKeyOf(key, context),
    ...given({ file: out === undefined ? undefined : inFolder(out, context) }),
  })
  const { evidence: shown } = signed
  return out === undefined
    ? { result: signed, text: JSON.stringify(signed, undefined, 2), verbatim: true }
    : {
        result: signed,
        text: `wrote ${out}: ${count(shown.revisions.length, "revision")} of ${shown.environment ?? shown.database} at ${shown.at}`,
      }
}

function privateKeyOf(key: string | undefined, context: Context): string {
  const variable = readVariable(context.io.env, "LOCKSTEP_EVIDENCE_KEY")
  if (key === undefined && variable !== undefined) return variable
  if (key === undefined)
    throw new ToolError("invalid-option", "--key is missing: the private key to sign with", {
      subject: "--key",
      hint: "lockstep evidence keygen makes one; the variable LOCKSTEP_EVIDENCE_KEY may hold its text",
    })
  try {
    return readFileSync(inFolder(key, context), "utf8")
  } catch (error) {
    throw unreadable(key, error)
  }
}

async function verified(
  file: string | undefined,
  publicKeys: readonly string[],
  context: Context,
): Promise<Outcome<EvidenceResult>> {
  if (file === undefined)
    throw new ToolError("wrong-operands", "the file to verify is missing", {
      subject: "verify",
      hint: "lockstep evidence verify <file>",
    })
  const keys = publicKeys.length > 0 ? publicKeys : ((await context.configuration()).gate.evidenceKeys ?? [])
  const shown = readEvidenceFile(inFolder(file, context), keys)
  return {
    result: shown,
    text: `genuine: ${count(shown.revisions.length, "revision")} of ${shown.environment ?? shown.database} at ${shown.at}`,
  }
}
