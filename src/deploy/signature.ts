import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto"
import { ToolError } from "../diagnostic.ts"
import type { EnvironmentEvidence } from "../history/evidence.ts"

/** The file in which evidence travels to where its database cannot be reached. */
export interface SignedEvidence {
  /** Version of this shape. */
  readonly v: 1
  readonly evidence: EnvironmentEvidence
  readonly algorithm: "ed25519"
  /** Public key, SPKI in DER, base64; says which key was used, and proves nothing by itself. */
  readonly key: string
  /** Of the JSON text of `evidence`, base64. */
  readonly signature: string
}

/** A new pair of keys: the private one as PEM, the public one as settings hold it. */
export function makeKeys(): { readonly privateKey: string; readonly publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519")
  return {
    privateKey: String(privateKey.export({ type: "pkcs8", format: "pem" })),
    publicKey: textOf(publicKey),
  }
}

function textOf(key: KeyObject): string {
  return key.export({ type: "spki", format: "der" }).toString("base64")
}

/** Signs evidence. @param pem private ed25519 key, PKCS8 in PEM. @throws ToolError `invalid-evidence-key` */
export function signEvidence(evidence: EnvironmentEvidence, pem: string): SignedEvidence {
  const key = privateKeyOf(pem)
  return {
    v: 1,
    evidence,
    algorithm: "ed25519",
    key: textOf(createPublicKey(key)),
    signature: sign(null, Buffer.from(JSON.stringify(evidence)), key).toString("base64"),
  }
}

function privateKeyOf(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem)
    if (key.asymmetricKeyType === "ed25519") return key
  } catch (error) {
    throw invalidKey("the private key cannot be read", error)
  }
  throw invalidKey("the private key is of another kind than ed25519")
}

function publicKeyOf(text: string): KeyObject {
  try {
    const key = text.includes("-----BEGIN")
      ? createPublicKey(text)
      : createPublicKey({ key: Buffer.from(text, "base64"), format: "der", type: "spki" })
    if (key.asymmetricKeyType === "ed25519") return key
  } catch (error) {
    throw invalidKey("a public key cannot be read", error)
  }
  throw invalidKey("a public key is of another kind than ed25519")
}

function invalidKey(message: string, cause?: unknown): ToolError {
  return new ToolError("invalid-evidence-key", message, {
    hint: "lockstep evidence keygen makes a pair",
    cause,
  })
}

/**
 * Returns the evidence in a signed file.
 *
 * @param keys public keys of those who may vouch, base64 or PEM
 * @throws ToolError `evidence-forged`, `invalid-evidence-key`
 */
export function openEvidence(text: string, keys: readonly string[], shown: string): EnvironmentEvidence {
  const file = parse(text)
  if (file === undefined) throw forged(shown, "it is not what lockstep evidence export writes")
  const signed = Buffer.from(JSON.stringify(file.evidence))
  const signature = Buffer.from(file.signature, "base64")
  if (keys.map(publicKeyOf).some((key) => verify(null, signed, key, signature))) return file.evidence
  throw forged(
    shown,
    keys.length === 0
      ? "no public key is configured that could vouch for it"
      : "its signature is by none of the keys that may vouch, or it was changed",
  )
}

function parse(text: string): SignedEvidence | undefined {
  try {
    const file = JSON.parse(text) as Partial<SignedEvidence> | null
    const evidence = file?.evidence
    return file?.v === 1 &&
      typeof file.signature === "string" &&
      typeof evidence?.at === "string" &&
      Array.isArray(evidence.revisions) &&
      Array.isArray(evidence.inFlight)
      ? (file as SignedEvidence)
      : undefined
  } catch {
    return undefined
  }
}

function forged(shown: string, reason: string): ToolError {
  return new ToolError("evidence-forged", `the evidence ${shown} is not valid: ${reason}`, {
    subject: shown,
    hint: "export it anew: lockstep evidence export, with a key whose public part is in evidenceKeys",
  })
}
