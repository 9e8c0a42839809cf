/** Where the tokens come from that are given to the server instead of a password. */
export type CloudAuth = GoogleAuth | AwsAuth | AzureAuth

/** Google Cloud SQL with IAM. */
export interface GoogleAuth {
  readonly provider: "google"
  /** `project:region:instance`: connect through Google's connector, which looks the address up and encrypts. */
  readonly instance?: string
  /** Which of the instance's addresses the connector takes. Default: `private`. */
  readonly ip?: "private" | "public" | "psc"
}

/** Amazon RDS and Aurora with IAM. */
export interface AwsAuth {
  readonly provider: "aws"
  /** Default: what the host's name says, then what AWS's own settings say. */
  readonly region?: string
}

/** Azure Database for PostgreSQL with Microsoft Entra. */
export interface AzureAuth {
  readonly provider: "azure"
  /** Of a managed identity that the user has assigned. Default: what Azure's own settings say. */
  readonly clientId?: string
  /** Whom the token is for. Default: that of Azure's public cloud. */
  readonly scope?: string
}

export type CloudProvider = CloudAuth["provider"]

const optionsOf: Readonly<Record<CloudProvider, readonly string[]>> = {
  google: ["instance", "ip"],
  aws: ["region"],
  azure: ["clientId", "scope"],
}

/** What a value may be, for messages. */
export const cloudAuthForms =
  '"google", "aws" or "azure", or an object such as { provider: "google", instance: "project:region:instance", ip: "private" }, { provider: "aws", region }, { provider: "azure", clientId, scope }'

/** Checks what somebody wrote; undefined where it is none of the forms. */
export function readCloudAuth(value: unknown): CloudAuth | undefined {
  if (typeof value === "string") return readCloudAuth(parseWords(value))
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined
  const { provider, ...options } = value as Readonly<Record<string, unknown>>
  if (!isProvider(provider)) return undefined
  const sound = Object.entries(options).every(
    ([key, text]) => optionsOf[provider].includes(key) && typeof text === "string" && text !== "",
  )
  const { ip = "private", instance } = options
  if (!sound || !["private", "public", "psc"].includes(String(ip))) return undefined
  if (instance !== undefined && !/^[^:\s]+(:[^:\s]+){2,3}$/.test(String(instance))) return undefined
  return { provider, ...options } as CloudAuth
}

/** `google,instance=project:region:instance,ip=psc`, as a variable or a URL holds it. */
function parseWords(text: string): Readonly<Record<string, string>> {
  const [provider = "", ...pairs] = text.split(",").map((part) => part.trim())
  const entries = pairs.map((pair) => {
    const at = pair.indexOf("=")
    return [pair.slice(0, Math.max(at, 0)), pair.slice(at + 1)] as const
  })
  return { ...Object.fromEntries(entries), provider }
}

function isProvider(value: unknown): value is CloudProvider {
  return typeof value === "string" && Object.hasOwn(optionsOf, value)
}
