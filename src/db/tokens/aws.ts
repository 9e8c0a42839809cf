import type { ConnectionSettings } from "../connection-settings.ts"
import type { AwsAuth } from "./cloud-auth.ts"
import { ask, importLibrary, tokenOf } from "./package.ts"

interface SignerOptions {
  readonly hostname: string
  readonly port: number
  readonly username: string
  readonly region?: string
}

type SignerClass = new (options: SignerOptions) => { getAuthToken(): Promise<string> }

/**
 * Returns the function that signs a token for one login to RDS. Signing asks no server, and a token is good for fifteen
 * minutes, so each connection has its own.
 *
 * @see Amazon RDS User Guide, "IAM database authentication"; `@aws-sdk/rds-signer`
 */
export function awsPassword(
  auth: AwsAuth,
  { host, port, user }: ConnectionSettings,
  root: string,
): () => Promise<string> {
  const region = auth.region ?? regionOf(host)
  return async () => {
    const { Signer } = await importLibrary(root, "aws", "@aws-sdk/rds-signer")
    return ask("aws", async () => {
      const options = { hostname: host, port, username: user, ...(region === undefined ? {} : { region }) }
      return tokenOf("aws", await new (Signer as SignerClass)(options).getAuthToken())
    })
  }
}

/** `shop.abc123.eu-central-1.rds.amazonaws.com` */
function regionOf(host: string): string | undefined {
  return /\.([a-z]{2}(?:-[a-z]+)+-\d+)\.rds\.amazonaws\.com(?:\.cn)?$/.exec(host)?.[1]
}
